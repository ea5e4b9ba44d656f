"""Batches: what one record or one reply of the API holds stops nothing but itself."""

from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.education import batches_api
from tests.conftest import Warehouse
from tests.education.platform import Systems, answering, api, batch, body

STRANGE = [
    "2026-02-30 07:42:48",
    "2026-11-21 24:42:48",
    "0000-11-21 07:42:48",
    "2121-11-21 07:42:48",
]


@pytest.mark.parametrize("moment", STRANGE)
def test_a_strange_time_stops_neither_the_walk_nor_the_others(
    warehouse: Warehouse, tmp_path: Path, moment: str
) -> None:
    batches = [batch(1), {**batch(2), "created_at": moment}]
    with answering(lambda after: api(batches)(after)) as url:
        systems = Systems(warehouse, tmp_path, url)
        systems.student()
        systems.ingest()
        batches.insert(1, batch(3, 60))
        systems.ingest()
    found = warehouse.query("select id from raw_education.batches order by id")
    assert found == [("1",), ("2",), ("3",)]
    assert warehouse.query("select count(*) from raw_education.students") == [(1,)]


def test_a_reply_that_is_nested_too_deep_leaves_the_others(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with answering(lambda _after: (200, b"[" * 100_000 + b"]" * 100_000)) as url:
        systems = Systems(warehouse, tmp_path, url)
        systems.student()
        with pytest.raises(IngestError, match="the reply is nested too deep"):
            systems.ingest()
    assert warehouse.query("select count(*) from raw_education.students") == [(1,)]


def test_the_seconds_that_a_reply_asks_for_are_waited() -> None:
    assert batches_api._seconds("30") == 30
    assert batches_api._seconds("100000") == batches_api.MOST_SECONDS_TO_WAIT
    assert batches_api._seconds("Sat, 28 Nov 2026 10:00:00 GMT") == 0


def test_a_reply_that_trickles_has_an_end(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches_api, "SECONDS_IN_ALL", -1.0)
    with answering(lambda _after: body([batch(1)])) as url:
        systems = Systems(warehouse, tmp_path, url)
        with pytest.raises(IngestError, match="the reply took more than"):
            systems.ingest()
