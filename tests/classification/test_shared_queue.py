"""A reply queue that is not this warehouse's alone: told, and what is foreign stays there."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.classification import broker, foreign
from ingest.classification.command import classification
from ingest.classification.queues import consumers
from ingest.common.errors import IngestError
from ingest.landing.ledger import Run
from ingest.landing.runner import run_source
from tests.classification.conftest import URL, Queues, check_landed, reconciliation, wait_for
from tests.classification.counting import fill, lab
from tests.classification.test_rabbitmq import running
from tests.conftest import Warehouse

Images = Callable[[int], Path]
FOREIGN = [json.dumps({"photo_id": number, "label": "theirs"}) for number in range(1, 41)]
LEFT = "replies for 40 image(s) never asked for here: left there, see --take-foreign"


def run(folder: Path, queues: Queues, seconds: float = 10, **more: object) -> Run:
    names = (queues.requests, queues.replies)
    return run_source(classification(folder, URL, seconds, *names, **more))  # type: ignore[arg-type]


def test_replies_never_asked_for_are_told_and_left_for_others(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    folder = images(60)
    queues.declare()
    queues.reply(*FOREIGN[:20], "moo")
    queues.classifier()
    first = run(folder, queues)
    assert "60 image(s) labelled" in first.notes
    assert f"{queues.replies} holds {LEFT.replace('40', '20')}" in first.notes
    assert first.missing == first.failures == []
    check_landed(warehouse, folder)
    assert warehouse.query("select count(*) from raw_classification.replies") == [(61,)]
    wait_for(lambda: queues.waiting(queues.replies) == 20)

    queues.reply(*FOREIGN[20:], FOREIGN[0])
    assert f"{queues.replies} holds {LEFT}" in run(folder, queues).notes
    wait_for(lambda: queues.waiting(queues.replies) == 41)
    assert run(folder, queues, take_foreign=True).notes == []
    assert queues.waiting(queues.replies) == 0
    warehouse.build("-s", "+int_classification__reconciliation")
    assert reconciliation(warehouse, "replies") == [(102, 60, 42, 0)]


def test_the_embedded_broker_keeps_them_too(
    warehouse: Warehouse, server: dict[str, str], tmp_path: Path
) -> None:
    folder = fill(tmp_path / "images", 1, 2)
    with lab(warehouse, server) as here:
        address = broker.Broker(classification(folder, here.url).broker._address, "from_ai", "none")
        address.open()
        address.send(FOREIGN[0].encode(), 1)
        address.close()
        for _ in range(2):
            assert f"from_ai holds {LEFT.replace('40', '1')}" in here.run(folder).notes
    assert warehouse.query("select count(*) from raw_classification.replies") == [(2,)]


def test_a_queue_full_of_them_ends_the_run_at_once_and_there_is_a_way_out(
    warehouse: Warehouse, queues: Queues, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "MOST_HELD", 30)
    monkeypatch.setattr(broker, "MOST_UNACKNOWLEDGED", 30)
    folder = images(5)
    queues.declare()
    queues.reply(*FOREIGN)
    queues.classifier()
    with pytest.raises(IngestError, match=f"30 replies in {queues.replies} .* never asked for"):
        run(folder, queues, 30)
    assert warehouse.query("select count(*) from raw_classification.requests") == [(0,)]
    assert "5 image(s) labelled" in run(folder, queues, take_foreign=True).notes


def test_another_consumer_is_told_and_gets_what_is_its_own(
    warehouse: Warehouse, queues: Queues, images: Images
) -> None:
    """Two warehouses on one queue: this one gives the other's replies back while both run."""
    folder = images(3)
    queues.declare()
    theirs: set[bytes] = set()
    with queues.channel() as channel:

        def take(message: object) -> None:
            body = message.body  # type: ignore[attr-defined]
            theirs.add(body.encode() if isinstance(body, str) else bytes(body))
            channel.basic_ack(message.delivery_tag)  # type: ignore[attr-defined]

        channel.basic_consume(queues.replies, callback=take)
        with running("classification", "--images", folder, "--timeout", 150, *queues.flags):
            wait_for(lambda: consumers(channel, queues.replies) == 2)
            queues.reply(*FOREIGN)
            deadline = time.monotonic() + 100  # what is given back is shared anew each time
            while len(theirs) < len(FOREIGN) and time.monotonic() < deadline:
                with suppress(TimeoutError):
                    channel.connection.drain_events(timeout=0.2)
            assert theirs == {body.encode() for body in FOREIGN}
        told = run(folder, queues, 1)
        assert f"1 other consumer(s) of {queues.replies} take replies away" in told.notes
    assert warehouse.query("select count(*) from raw_classification.replies") == [(0,)]
    assert run(folder, queues, 1).notes == []
