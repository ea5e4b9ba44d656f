"""How many images a second go to the classifier and come back labelled and landed.

Against it, in the same minute, with bodies of the same size: what a plain kombu producer and
consumer carry there and back, past the same classifier. Nothing is decoded, confirmed or stored by
these. The classifier answers at once. Several rounds of both, and the share of each round, since
what else the machine does changes by the minute. Needs RabbitMQ on 127.0.0.1:5672; uses a server
and queues of its own.

    python -m benchmarks.classification
"""

import multiprocessing
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kombu import Connection, Consumer, Producer, Queue

from ingest.classification import address
from ingest.classification.protocol import request
from ingest.samples.classification import picture
from ingest.sources import prepare_all
from ingest.warehouse import connect, embedded

URL = "amqp://guest:guest@127.0.0.1:5672//"
IMAGES = 20_000
ROUNDS = 3
MEASURED = ("sent, answered, landed", "and read, hashed, decoded", "whole command")
MOST_AT_ONCE = 50  # requests that the classifier answers before it acknowledges them
PHOTO_ID = re.compile(rb'"photo_id": (\d+)')

# From the first request recorded to the end of the run, and the whole run but its start-up.
SECONDS = """
select extract(epoch from finished_at - min(counted_at))::float8,
       extract(epoch from finished_at - started_at)::float8
from raw_ledger.runs join raw_classification.pages using (run_id)
where requests_made > 0 group by run_id
"""


def main() -> None:
    """Print images a second of each round beside those of plain kombu, and the median shares."""
    with TemporaryDirectory() as temporary, _queues() as (requests, replies):
        folder = Path(temporary) / "images"
        size = _make_images(folder)
        body = request(bytes(size), 2**52)
        ready = multiprocessing.Event()
        classifier = multiprocessing.Process(target=_classify, args=(requests, replies, ready))
        classifier.start()
        ready.wait()
        print(f"{IMAGES:,} images of {size:,} bytes, bodies of {len(body):,} bytes; images/s")
        print(f"{'plain kombu':>12}" + "".join(f"{what:>28}" for what in MEASURED))
        shares = []
        try:
            for number in range(ROUNDS):
                before = _there_and_back(body, requests, replies)
                rates = _run(Path(temporary, str(number)), folder, requests, replies)
                plain = (before + _there_and_back(body, requests, replies)) / 2
                shares.append([rate / plain for rate in rates])
                told = zip(rates, shares[-1], strict=True)
                print(f"{plain:12,.0f}" + "".join(f"{r:20,.0f} = {s:5.2f}" for r, s in told))
        finally:
            classifier.terminate()
    medians = map(statistics.median, zip(*shares, strict=True))
    print(f"{'medians':>12}" + "".join(f"{share:28.2f}" for share in medians))


def _make_images(folder: Path) -> int:
    folder.mkdir()
    whole = picture(random.Random(0))
    for number in range(IMAGES):
        (folder / f"{number:06}.png").write_bytes(whole + number.to_bytes(4, "big"))
    return len(whole) + 4


def _run(home: Path, folder: Path, requests: str, replies: str) -> list[float]:
    """Images a second of the three that are measured, in a warehouse of its own."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        os.environ["WAREHOUSE_PORT"] = str(free.getsockname()[1])
    os.environ |= {"WAREHOUSE_HOME": str(home / "home"), "WAREHOUSE_LOGS": str(home / "logs")}
    prepare_all()
    try:
        command = [sys.executable, "-m", "ingest", "classification", "--images", str(folder)]
        queues = ["--request-queue", requests, "--reply-queue", replies]
        start = time.monotonic()
        subprocess.run([*command, "--broker", URL, *queues], check=True, stdout=subprocess.DEVNULL)
        whole = time.monotonic() - start
        with closing(connect.connect()) as warehouse, warehouse.cursor() as cursor:
            cursor.execute("select count(distinct photo_id) from raw_classification.replies")
            if cursor.fetchone() != (IMAGES,):
                raise RuntimeError("not every image was answered")
            cursor.execute(SECONDS)
            ((messaging, run),) = cursor.fetchall()
        return [IMAGES / seconds for seconds in (messaging, run, whole)]
    finally:
        embedded.stop()


def _there_and_back(body: bytes, requests: str, replies: str) -> float:
    """Images a second through both queues and the classifier, 1,000 in flight."""
    sent, back = 0, 0

    def take(message: Any) -> None:
        nonlocal back
        back += 1
        message.ack()

    with Connection(URL) as connection, connection.channel() as channel:
        producer = Producer(channel)
        start = time.monotonic()
        with Consumer(channel, [Queue(replies, no_declare=True)], on_message=take):
            while back < IMAGES:
                while sent < IMAGES and sent - back < 1_000:
                    producer.publish(body, routing_key=requests, content_encoding="utf-8")
                    sent += 1
                connection.drain_events(timeout=60)
        return IMAGES / (time.monotonic() - start)


def _classify(requests: str, replies: str, ready: Event) -> None:
    """Answer at once, as cheaply as the protocol allows: it shares the processors."""
    with address.connect(address.parse(URL)) as connection, connection.channel() as channel:
        channel.auto_decode = False
        waiting: list[Any] = []
        channel.basic_qos(0, 200, False)
        channel.basic_consume(
            requests, callback=waiting.append, consumer_tag="requests", no_ack=False
        )
        ready.set()
        while True:
            with suppress(TimeoutError):
                while len(waiting) < MOST_AT_ONCE:
                    connection.drain_events(timeout=0 if waiting else 5)
            if not waiting:
                connection.heartbeat_check()
                continue
            for message in waiting:
                (number,) = PHOTO_ID.findall(message.body[-100:])
                body = b'{"photo_id": %b, "label": "cat"}' % number
                reply = channel.prepare_message(body, properties={"delivery_mode": 2})
                channel.basic_publish(reply, exchange="", routing_key=replies)
            channel.basic_ack(waiting[-1].delivery_tag, multiple=True)
            waiting.clear()


@contextmanager
def _queues() -> Iterator[tuple[str, str]]:
    name = f"bench_{secrets.token_hex(4)}"
    requests, replies = f"{name}_to_ai", f"{name}_from_ai"
    with Connection(URL) as connection, connection.channel() as channel:
        channel.queue_declare(requests, durable=True, auto_delete=False)
        channel.queue_declare(replies, durable=False, auto_delete=False)
    try:
        yield requests, replies
    finally:
        with Connection(URL) as connection, connection.channel() as channel:
            channel.queue_delete(requests)
            channel.queue_delete(replies)


if __name__ == "__main__":
    main()
