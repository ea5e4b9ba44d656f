"""A broker that is restarted between two runs: what it lost is noticed, whoever made it anew."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.samples.classifier import serve
from tests.classification.conftest import wait_for
from tests.classification.node import Node, node
from tests.classification.test_refusals import REQUESTS, command, ended
from tests.conftest import Warehouse

__all__ = ["node"]
Images = Callable[[int], Path]
QUEUES = ("lost_to_ai", "lost_from_ai")


@contextmanager
def classifier(node: Node) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=serve, args=(node.url(), *QUEUES, stop), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()


def waiting(node: Node, queue: str) -> tuple[int, int]:
    with node.connection() as connection:
        found = connection.channel().queue_declare(queue, passive=True)
        return found.message_count, found.consumer_count


def test_replies_that_a_restart_took_along_are_asked_for_again(
    warehouse: Warehouse, node: Node, images: Images
) -> None:
    names = ("--request-queue", QUEUES[0], "--reply-queue", QUEUES[1], "--timeout", 3)
    flags = command(images(5), node.url(), *names)
    assert ended(*flags)[1] == 2
    with classifier(node):
        wait_for(lambda: waiting(node, QUEUES[1])[0] == 5)
    node.control("stop_app")
    node.control("start_app")
    with node.connection() as connection:  # the classifier is back first, and holds nothing
        channel = connection.channel()
        channel.queue_declare(QUEUES[1], durable=False, auto_delete=False)
        channel.basic_consume(QUEUES[0], callback=print)
        assert waiting(node, QUEUES[0]) == (0, 1)
        output, status = ended(*flags)
        assert status == 2, output
        assert warehouse.query(REQUESTS) == [(10,)], "known to be gone, so asked again"
        assert ended(*flags)[1] == 2
        assert warehouse.query(REQUESTS) == [(10,)], "not again: the consumer may hold them"
    with classifier(node):
        output, status = ended(*flags)
    assert status == 0, output
    assert "5 image(s) labelled" in output
    assert warehouse.query(REQUESTS) == [(10,)]


def test_a_user_who_may_make_no_other_queue_is_served(
    warehouse: Warehouse, node: Node, images: Images
) -> None:
    node.control("add_user", "narrow", "secret")
    node.control("set_permissions", "narrow", "^narrow_(to|from)_ai$", ".*", ".*")
    names = ("--request-queue", "narrow_to_ai", "--reply-queue", "narrow_from_ai", "--timeout", 2)
    flags = command(images(2), node.url("narrow", "secret"), *names)
    assert ended(*flags)[1] == 2
    with node.connection() as connection:  # who may hold what is asked, and does
        connection.channel().basic_consume("narrow_to_ai", callback=print)
        output, status = ended(*flags)
    assert status == 2, output
    assert "2 image(s) without an answer" in output
    assert warehouse.query(REQUESTS) == [(2,)]
