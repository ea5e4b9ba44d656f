"""A broker that refuses, starves or falls silent: every run ends, and says what is so."""

import base64
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import amqp
import pytest

from ingest.samples.classification import picture
from ingest.samples.classifier import standing_in
from tests import commands
from tests.classification.conftest import (
    MODELS,
    URL,
    Queues,
    check_landed,
    reconciliation,
    wait_for,
)
from tests.classification.hashing_classifier import label
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


@pytest.mark.parametrize(
    ("starve", "feed"),
    [
        ("set_vm_memory_high_watermark absolute 1", "set_vm_memory_high_watermark 0.6"),
        ("set_disk_free_limit 1000000GB", "set_disk_free_limit 1MB"),
    ],
    ids=["memory", "disk"],
)
def test_a_broker_out_of_memory_or_disk_is_named_and_the_run_ends_with_what_is_landed(
    warehouse: Warehouse, node: Node, images: Images, starve: str, feed: str
) -> None:
    folder = images(300)
    node.control(*starve.split())
    flags = ("--timeout", 4, "--request-queue", "blocked_to_ai")
    try:
        output, status = ended(*command(folder, node.url(), *flags))
    finally:
        node.control(*feed.split())
    assert status == 2, output
    assert output.count("the broker takes nothing: out of memory or disk; waiting") == 1
    assert "300 image(s) without an answer" in output
    assert warehouse.query("select count(*) from raw_classification.images") == [(300,)]


def test_a_queue_at_its_limit_gets_the_rest_after_a_pause(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    folder = images(60)
    limits = {"x-max-length": 10, "x-overflow": "reject-publish"}
    with queues.channel() as channel:
        channel.queue_declare(queues.requests, durable=True, auto_delete=False, arguments=limits)
    flags = ("classification", "--images", folder, "--timeout", 20, *queues.flags)
    with running(*flags) as platform:
        wait_for(lambda: "does not take more requests; trying again" in log_of(warehouse))
        assert queues.waiting(queues.requests) == 10
        queues.classifier()
        output = platform.communicate(timeout=90)[0]
    assert platform.returncode == 0, output
    assert "60 image(s) labelled" in output
    check_landed(warehouse, folder)
    assert warehouse.query(REQUESTS) == [(60,)]
    assert warehouse.query("select count(*) from raw_classification.replies") == [(60,)]


def test_a_broker_that_wants_the_certificate_of_its_clients(
    warehouse: Warehouse, node: Node, images: Images
) -> None:
    url = f"amqps://guest:guest@localhost:{node.tls_port}//"
    flags = command(images(3), url, "--broker-ca", node.authority, "--timeout", 9)
    flags += ["--request-queue", "tls_to_ai", "--reply-queue", "tls_from_ai"]
    output, status = ended(*flags)
    assert status == 1
    assert output.startswith(f"error: the broker amqps://***@localhost:{node.tls_port}// cannot")
    assert "certificate required" in output
    assert output.count("\n") == 1, output
    own = ("--broker-certificate", node.certificate, "--broker-key", node.key)
    with standing_in(node.url(), "tls_to_ai", "tls_from_ai"):
        output, status = ended(*flags, *own)
    assert status == 0, output
    assert "3 image(s) labelled" in output
    assert warehouse.query(REQUESTS) == [(3,)]


def test_a_classifier_that_is_slow_and_holds_all_is_asked_once_an_image(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    folder = images(5)
    (folder / "empty.png").touch()
    flags = ("classification", "--images", folder, "--timeout", 1, *queues.flags)
    queues.declare()
    with queues.channel() as channel:  # which has no prefetch limit
        held: list[amqp.Message] = []
        channel.basic_consume(queues.requests, callback=held.append)
        for answered in (0, 1, 2):
            output, status = ended(*flags)
            assert status == 2, output
            assert f"{5 - answered} image(s) without an answer" in output
            assert (f"1 image(s) ({folder}/empty.png) rejected" in output) == (not answered)
            while len(held) < 5:
                channel.connection.drain_events(timeout=5)
            queues.reply(answer(held[answered]))
        queues.reply(*map(answer, held[3:]))
        output, status = ended(*flags)
    assert status == 0, output
    assert "3 image(s) labelled" in output
    assert warehouse.query(REQUESTS) == [(5,)]
    (folder / "empty.png").unlink()
    check_landed(warehouse, folder)


def answer(message: amqp.Message) -> str:
    request = json.loads(message.body)
    said = label(base64.b64decode(request["image"]))
    return json.dumps({"photo_id": request["photo_id"], "label": said})


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
