"""A stand-in for the classifier: names an image's dominant colour, and has the other's habits.

    python -m ingest.samples.classifier --broker amqp://guest:guest@localhost//

It declares only the reply queue, plainly; it replies before it acknowledges; what it cannot decode
it rejects with requeue. Where the request queue is not there yet, or the broker goes away, the
real one ends and is started again; this one waits a second and begins anew by itself.
"""

import base64
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Annotated, Any

import typer
from kombu import Connection
from PIL import Image

from ingest.classification.address import connect, parse
from ingest.classification.protocol import FORMATS

log = logging.getLogger(__name__)

COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (220, 30, 30),
    "green": (30, 160, 60),
    "blue": (30, 60, 220),
    "yellow": (240, 220, 40),
    "orange": (240, 140, 30),
    "purple": (140, 40, 180),
}


def label(content: bytes) -> str:
    """Return the name of the colour nearest to an image's average; raises where it is no image."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        pixel: Any = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    distance = {
        name: sum((a - b) ** 2 for a, b in zip(pixel, colour, strict=True))
        for name, colour in COLOURS.items()
    }
    return f"stand-in: {min(distance, key=lambda name: distance[name])}"


def serve(url: str, requests: str, replies: str, stop: Event) -> None:
    """Answer requests until `stop` is set, whatever happens to the broker meanwhile."""
    address = parse(url)
    while not stop.is_set():
        connection = connect(address)
        lost = (*connection.connection_errors, *connection.channel_errors)
        try:
            with connection:
                _answer(connection, requests, replies, stop)
        except lost as error:
            log.debug("stand-in classifier: %s; again in a second", error)
            stop.wait(1)


def _answer(connection: Connection, requests: str, replies: str, stop: Event) -> None:
    channel = connection.channel()
    channel.queue_declare(replies, durable=False, auto_delete=False)

    def answer(message: Any) -> None:
        try:
            request = json.loads(message.body)
            said = label(base64.b64decode(request["image"]))
            body = json.dumps({"photo_id": request["photo_id"], "label": said})
        except Exception:  # whatever is wrong with the request, the other one gives it back
            channel.basic_reject(message.delivery_tag, requeue=True)
            return
        reply = channel.prepare_message(body.encode(), properties={"delivery_mode": 2})
        channel.basic_publish(reply, exchange="", routing_key=replies)
        channel.basic_ack(message.delivery_tag)

    channel.basic_qos(0, 1, False)
    channel.basic_consume(queue=requests, no_ack=False, callback=answer, consumer_tag="requests")
    while not stop.is_set():
        try:
            connection.heartbeat_check()
            connection.drain_events(timeout=0.2)
        except TimeoutError:
            continue


@contextmanager
def standing_in(url: str, requests: str, replies: str) -> Iterator[None]:
    """Let the stand-in serve beside the caller; it ends with it, also where that is killed."""
    stop = Event()
    thread = Thread(target=serve, args=(url, requests, replies, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def main(
    broker: Annotated[str, typer.Option(metavar="URL")],
    request_queue: Annotated[str, typer.Option(metavar="NAME")] = "to_ai",
    reply_queue: Annotated[str, typer.Option(metavar="NAME")] = "from_ai",
) -> None:
    """Answer requests for labels until it is stopped."""
    try:
        serve(broker, request_queue, reply_queue, Event())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


if __name__ == "__main__":
    typer.run(main)
