"""A broker that refuses, starves or falls silent: every run ends, and says what is so."""

import os
import random
from collections.abc import Callable
from pathlib import Path

from ingest.samples.classification import picture
from tests import commands
from tests.classification.conftest import (
    MODELS,
    URL,
    Queues,
    check_landed,
    reconciliation,
    wait_for,
)
from tests.classification.node import Node, node, proxy
from tests.classification.test_rabbitmq import log_of, running
from tests.conftest import Warehouse

__all__ = ["node"]
Images = Callable[[int], Path]
REQUESTS = "select count(*) from raw_classification.requests"


def command(folder: Path, url: str, *more: object) -> list[object]:
    return ["classification", "--images", folder, "--broker", url, *more]


def ended(*args: object) -> tuple[str, int]:
    """Run `ingest`; return what it said and its exit status."""
    output, status = commands.run("ingest", [*map(str, args)], os.environ)
    assert "Traceback" not in output
    return output, status


def test_an_image_that_is_too_large_for_the_broker_is_set_aside_and_the_others_are_sent(
    warehouse: Warehouse, node: Node, images: Images
) -> None:
    folder = images(30)
    for name in ("00010_large.png", "00020_larger.png"):
        (folder / name).write_bytes(picture(random.Random(name), side=700))
    flags = command(folder, node.url(), "--timeout", 4, "--request-queue", "large_to_ai")
    output, status = ended(*flags)
    assert status == 2, output
    assert "30 image(s) without an answer" in output
    assert f"{folder}/00010_large.png, {folder}/00020_larger.png) rejected: the broker" in output
    assert "at most 1,048,576 bytes a request" in output
    with node.connection() as connection:
        waiting = connection.channel().queue_declare("large_to_ai", passive=True)
    assert waiting.message_count == 30
    assert warehouse.query(REQUESTS) == [(32,)]
    output, status = ended(*flags)
    assert "00020_larger.png) rejected earlier" in output
    assert warehouse.query(REQUESTS) == [(32,)], "nothing is asked again"

    warehouse.build("-s", *MODELS, "path:dbt_project/tests/classification")
    assert reconciliation(warehouse, "images") == [(32, 30, 2, 0)]
    states = "select state, count(*) from marts.image_requests group by state order by state"
    assert warehouse.query(states) == [("awaiting", 30), ("rejected", 2)]
    assert warehouse.query(
        "select distinct reason from intermediate.int_classification__rejected_records"
    ) == [("is refused by the broker",)]


def test_a_user_who_may_not_write_is_told_once_and_asks_for_each_image_once(
    warehouse: Warehouse, node: Node, images: Images
) -> None:
    node.control("add_user", "reader", "secret")
    node.control("set_permissions", "reader", ".*", "^x$", ".*")
    folder = images(50)
    output, status = ended(*command(folder, node.url("reader", "secret")))
    assert status == 1
    assert output.count("ACCESS_REFUSED") == 1, output
    assert "is gone" not in output
    assert "secret" not in output
    assert warehouse.query(REQUESTS) == [(50,)]
    ended(*command(folder, node.url("reader", "secret")))
    assert warehouse.query(REQUESTS) == [(100,)], "recorded as often as sent"
    outcomes = "select distinct outcome from raw_classification.outcomes"
    assert warehouse.query(outcomes) == [("not sent",)]


def test_a_broker_out_of_memory_is_named_and_the_run_ends_with_what_is_landed(
    warehouse: Warehouse, node: Node, images: Images
) -> None:
    folder = images(300)
    node.control("set_vm_memory_high_watermark", "absolute", "1")
    try:
        flags = ("--timeout", 4, "--request-queue", "blocked_to_ai")
        output, status = ended(*command(folder, node.url(), *flags))
    finally:
        node.control("set_vm_memory_high_watermark", "0.6")
    assert status == 2, output
    assert output.count("the broker takes nothing: out of memory or disk; waiting") == 1
    assert "300 image(s) without an answer" in output
    assert warehouse.query("select count(*) from raw_classification.images") == [(300,)]


def test_a_network_that_goes_silent_ends_the_run(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    folder = images(300)
    queues.declare()
    queues.classifier(0.02)
    with proxy(5672) as network:
        url = URL.replace("5672", str(network.port))
        names = ("--request-queue", queues.requests, "--reply-queue", queues.replies)
        flags = command(folder, url, "--timeout", 3, *names)
        with running(*flags) as platform:
            wait_for(lambda: "classification: answered" in log_of(warehouse))
            network.silent.set()
            output = platform.communicate(timeout=90)[0]
    assert platform.returncode == 2, output
    assert "without an answer, 3 s after the last one" in output
    assert warehouse.query("select outcome from raw_ledger.runs") == [("loaded",)]
    # What was answered meanwhile is not asked again.
    output, status = ended("classification", "--images", folder, "--timeout", 9, *queues.flags)
    assert status == 0, output
    check_landed(warehouse, folder)
    assert queues.waiting(queues.requests) == queues.waiting(queues.replies) == 0


def test_three_images_that_the_model_always_rejects_are_named_and_not_multiplied(
    warehouse: Warehouse,
    queues: Queues,
    images: Images,
) -> None:
    folder = images(3)
    flags = ("classification", "--images", folder, "--timeout", 3, *queues.flags)
    ended(*flags)
    with queues.channel() as channel:
        held: list[object] = []
        channel.basic_consume(queues.requests, callback=held.append)
        for _ in range(3):
            channel.connection.drain_events(timeout=5)
        for _ in range(2):  # a consumer holds all three: slow, or giving them back for ever
            output, status = ended(*flags)
            assert status == 2
            assert "3 image(s) without an answer" in output
            assert f"{folder}/00000.png, {folder}/00001.png, {folder}/00002.png" in output
        assert warehouse.query(REQUESTS) == [(3,)]
        for message in held:
            channel.basic_ack(message.delivery_tag)  # type: ignore[attr-defined]
    for requests in (6, 9):
        assert ended(*flags)[1] == 2
        assert warehouse.query(REQUESTS) == [(requests,)]
        with queues.channel() as channel:
            channel.queue_purge(queues.requests)
    output, status = ended(*flags)
    assert status == 0, output
    assert "rejected: no answer after 3 requests" in output
    assert warehouse.query(REQUESTS) == [(9,)]
    queues.classifier()
    assert "no image without an answer" in ended(*flags, "--again", "/elsewhere")[0]
    assert "1 image(s) labelled" in ended(*flags, "--again", folder / "00001.png")[0]
    assert "2 image(s) labelled" in ended(*flags, "--again", "all")[0]
