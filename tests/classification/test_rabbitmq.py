"""Against a real RabbitMQ: every image is labelled once and rightly, whatever breaks on the way."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.classification.conftest import (
    Queues,
    check_labels,
    check_landed,
    reconciliation,
    wait_for,
)
from tests.conftest import BIN, Warehouse
from tests.optional import need

Images = Callable[[int], Path]
LOG_STEPS = ("read", "sent", "answered", "stored")


def answered(warehouse: Warehouse) -> int:
    log = warehouse.folder / "logs" / "ingest.log"
    return log.read_text().count("classification: answered") if log.exists() else 0


@contextmanager
def running(*args: object) -> Iterator["subprocess.Popen[str]"]:
    command = [str(BIN / "ingest"), *map(str, args)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_thousand_images_are_labelled_once_each_and_every_step_is_logged(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    folder = images(1000)
    queues.declare()
    queues.classifier()
    output = warehouse.ingest("classification", "--images", folder, *queues.flags)
    assert "1,000 image(s) labelled" in output
    check_labels(warehouse, folder)
    assert reconciliation(warehouse, "images") == [(1000, 1000, 0, 0)]
    assert reconciliation(warehouse, "replies") == [(1000, 1000, 0, 0)]

    log = (warehouse.folder / "logs" / "ingest.log").read_text()
    assert [log.count(f"classification: {step} ") for step in LOG_STEPS] == [1000] * 4
    assert all(line[:2] == "20" for line in log.splitlines()), "each step has its time"

    assert "nothing new" in warehouse.ingest("classification", "--images", folder, *queues.flags)


@pytest.mark.parametrize("first", ["classifier", "platform"])
def test_the_classifier_may_start_before_or_after_the_platform(
    warehouse: Warehouse, queues: Queues, images: Images, first: str
) -> None:
    folder = images(5)
    stop = threading.Event()

    def supervise() -> None:
        """Start it again whenever it ends, as a container's restart policy does."""
        while not stop.is_set():
            process = queues.classifier()
            while process.poll() is None and not stop.wait(0.1):
                pass

    supervisor = threading.Thread(target=supervise)
    if first == "classifier":
        supervisor.start()
        wait_for(lambda: bool(queues.started) and queues.started[0].poll() is not None)
    with running("classification", "--images", folder, *queues.flags) as platform:
        if first == "platform":
            wait_for(lambda: "classification: sent" in log_of(warehouse))
            supervisor.start()
        output = platform.communicate(timeout=60)[0]
    stop.set()
    supervisor.join()
    assert "5 image(s) labelled" in output


def log_of(warehouse: Warehouse) -> str:
    log = warehouse.folder / "logs" / "ingest.log"
    return log.read_text() if log.exists() else ""


def test_the_classifier_is_killed_and_started_again(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    folder = images(300)
    queues.declare()
    classifier = queues.classifier(0.005)
    with running("classification", "--images", folder, *queues.flags) as platform:
        for count in (50, 150):
            wait_for(lambda count=count: answered(warehouse) > count)  # type: ignore[misc]
            classifier.kill()
            classifier = queues.classifier(0.005)
        platform.communicate(timeout=60)
    assert platform.returncode == 0
    check_landed(warehouse, folder)


@pytest.mark.usefixtures("alone")
def test_the_broker_is_restarted_in_mid_run(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    need("an administrator of rabbitmq", os.geteuid() == 0 and bool(shutil.which("rabbitmqctl")))
    folder = images(600)
    queues.declare()
    classifier = queues.classifier(0.005)
    flags = ("--timeout", 30, *queues.flags)
    with running("classification", "--images", folder, *flags) as platform:
        wait_for(lambda: answered(warehouse) > 100)
        try:
            subprocess.run(["rabbitmqctl", "--quiet", "stop_app"], check=True, timeout=60)
        finally:
            subprocess.run(["rabbitmqctl", "--quiet", "start_app"], check=True, timeout=60)
        classifier.wait(timeout=30)
        # The reply queue is gone with the restart, and whoever comes first makes it again.
        queues.classifier(0.005)
        output = platform.communicate(timeout=120)[0]
    assert platform.returncode == 0, output
    assert "without an answer" not in output
    check_labels(warehouse, folder)


def test_late_replies_come_first_and_only_what_is_missing_is_asked_again(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    folder = images(40)
    flags = ("classification", "--images", folder, "--timeout", 3, *queues.flags)
    assert "40 image(s) without an answer" in warehouse.ingest(*flags, fails=True)
    assert queues.waiting(queues.requests) == 40

    classifier = queues.classifier()
    wait_for(lambda: queues.waiting(queues.replies) == 40)
    classifier.kill()
    with queues.channel() as channel:  # five late replies are lost for good
        for _ in range(5):
            channel.basic_get(queues.replies, no_ack=True)

    assert "5 image(s) without an answer" in warehouse.ingest(*flags, fails=True)
    assert queues.waiting(queues.requests) == 5
    assert "5 image(s) without an answer" in warehouse.ingest(*flags, fails=True)
    assert queues.waiting(queues.requests) == 5, "what still waits there is not asked again"
    queues.classifier()
    assert "5 image(s) labelled" in warehouse.ingest(*flags)
    check_landed(warehouse, folder)
    assert warehouse.query("select count(*) from raw_classification.replies") == [(40,)]
    assert warehouse.query("select count(*) from raw_classification.requests") == [(45,)]


def test_another_declaration_of_the_reply_queue_is_told_in_one_line(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    with queues.channel() as channel:
        channel.queue_declare(queues.replies, durable=True, auto_delete=False)
    output = warehouse.ingest("classification", "--images", images(1), *queues.flags, fails=True)
    assert f"error: the queue {queues.replies} exists with other properties" in output
