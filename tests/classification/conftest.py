"""RabbitMQ as it runs on this machine, with queues of a test's own; images; a classifier to kill.

Without a broker on 127.0.0.1:5672 these tests are skipped, unless TESTS_REQUIRE names rabbitmq.
"""

import fcntl
import io
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir

import amqp
import pytest
from PIL import Image

from ingest.classification.landed import FIRST_RUN
from ingest.common.paths import ROOT
from tests.classification.hashing_classifier import label
from tests.conftest import Warehouse
from tests.optional import need

URL = "amqp://guest:guest@127.0.0.1:5672//"
MODELS = (
    "+marts.classification",
    "+int_classification__origins",
    "+int_classification__reconciliation",
    "+int_classification__rejected_records",
)


def broker_runs() -> bool:
    try:
        socket.create_connection(("127.0.0.1", 5672), timeout=5).close()
    except OSError:
        return False
    return True


@dataclass
class Queues:
    """Two queues of a test's own, and programs that read and write them."""

    requests: str
    replies: str
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def flags(self) -> list[str]:
        return (
            f"--broker {URL} --request-queue {self.requests} --reply-queue {self.replies}".split()
        )

    def declare(self) -> None:
        with self.channel() as channel:
            channel.queue_declare(self.requests, durable=True, auto_delete=False)
            channel.queue_declare(self.replies, durable=False, auto_delete=False)

    def classifier(self, seconds: float = 0.0) -> "subprocess.Popen[bytes]":
        module = "tests.classification.hashing_classifier"
        command = [sys.executable, "-m", module, self.requests, self.replies, str(seconds)]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet)
        self.started.append(process)
        return process

    def channel(self) -> "Channel":
        return Channel()

    def reply(self, *bodies: bytes | str) -> None:
        with self.channel() as channel:
            for body in bodies:
                channel.basic_publish(amqp.Message(body), routing_key=self.replies)

    def waiting(self, queue: str) -> int:
        with self.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)


class Channel:
    """A channel with its connection, for a with statement."""

    def __enter__(self) -> amqp.Channel:
        self.connection = amqp.Connection("127.0.0.1:5672")
        self.connection.connect()
        return self.connection.channel()

    def __exit__(self, *_: object) -> None:
        self.connection.close()


@pytest.fixture
def alone() -> None:
    """Asked for by a test that restarts the broker: no other one of these runs meanwhile."""


@pytest.fixture
def broker_lock(request: pytest.FixtureRequest) -> Iterator[None]:
    mode = fcntl.LOCK_EX if "alone" in request.fixturenames else fcntl.LOCK_SH
    with Path(gettempdir(), "research_warehouse_tests_rabbitmq.lock").open("w") as lock:
        fcntl.flock(lock, mode)
        yield


@pytest.fixture
def queues(request: pytest.FixtureRequest) -> Iterator[Queues]:
    request.getfixturevalue("broker_lock")
    need("rabbitmq", broker_runs())
    name = secrets.token_hex(4)
    queues = Queues(f"test_{name}_to_ai", f"test_{name}_from_ai")
    warehouse: Warehouse = request.getfixturevalue("warehouse")
    try:
        yield queues
    finally:
        for process in queues.started:
            process.kill()
            process.wait()
        with queues.channel() as channel:
            channel.queue_delete(queues.requests)
            channel.queue_delete(queues.replies)
            for (began,) in warehouse.query(FIRST_RUN):
                channel.queue_delete(f"{queues.replies}.mark.{began}")


@pytest.fixture
def images(tmp_path: Path) -> Callable[[int], Path]:
    """Make a folder of so many small images, each of its own content."""

    def make(count: int) -> Path:
        folder = tmp_path / "images"
        folder.mkdir()
        for number in range(count):
            (folder / f"{number:05}.png").write_bytes(image(number))
        return folder

    return make


def image(number: int) -> bytes:
    file = io.BytesIO()
    colour = (number % 256, number // 256 % 256, number // 65536)
    Image.new("RGB", (4, 4), colour).save(file, "PNG")
    return file.getvalue()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


def check_labels(warehouse: Warehouse, folder: Path) -> None:
    """Build, then compare: every image of the folder has its own label, and just once."""
    warehouse.build("-s", *MODELS)
    published = warehouse.query("select file_path, label from marts.image_labels", role="analyst")
    assert sorted(published) == sorted(
        (str(path.resolve()), label(path.read_bytes())) for path in folder.iterdir()
    )


def check_landed(warehouse: Warehouse, folder: Path) -> None:
    """Without a build: every image of the folder has its own label, and none has another."""
    landed = warehouse.query(
        "select distinct path, label from raw_classification.replies "
        "join raw_classification.images using (photo_id) "
        "where replies._dlt_load_id in (select load_id from raw_classification._dlt_loads) "
        "and images._dlt_load_id in (select load_id from raw_classification._dlt_loads)"
    )
    assert sorted(landed) == sorted(
        (path.name, label(path.read_bytes())) for path in folder.iterdir()
    )


def reconciliation(warehouse: Warehouse, record_table: str) -> list[tuple[object, ...]]:
    return warehouse.query(
        "select read, accepted, rejected, duplicate "
        "from intermediate.int_classification__reconciliation where record_table = %s",
        record_table,
    )
