"""Batches: every one is landed once, whatever the API does."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.common.errors import IngestError
from tests.conftest import Warehouse
from tests.education.platform import Reply, Systems, answering, api, batch, body

HALF = b'[{"id": 1, "name": "web-1", "crea'


def ids(systems: Systems) -> list[int]:
    return [int(n) for (n,) in systems.warehouse.query("select id from raw_education.batches")]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("hours", [0, 5.5, -3.5, 14, -12])
def test_every_page_whatever_the_time_zone_of_the_api(
    warehouse: Warehouse, tmp_path: Path, hours: float, strict: bool
) -> None:
    # 40 in each of the seconds at the border of two pages
    batches = [batch(n, n // 40 + n / 1e5) for n in range(350)]
    with answering(api(batches, timedelta(hours=hours), strict)) as url:
        systems = Systems(warehouse, tmp_path, url)
        systems.ingest()
        assert sorted(ids(systems)) == list(range(350))
        assert systems.ingest().rows_landed == 0
        batches += [batch(n, 8.9 + n / 1e5) for n in range(350, 380)]
        batches += [batch(n, 3000 + n) for n in range(380, 500)]
        systems.ingest()
        assert sorted(ids(systems)) == list(range(500))
        assert systems.ingest().rows_landed == 0


def test_a_page_full_of_one_second_ends_with_an_error(warehouse: Warehouse, tmp_path: Path) -> None:
    batches = [batch(n, 1 + n / 1e5) for n in range(130)]
    with answering(api(batches)) as url:
        systems = Systems(warehouse, tmp_path, url)
        for _ in range(2):
            with pytest.raises(IngestError, match="100 batches or more in the second 2026-11-21"):
                systems.ingest()
        assert sorted(ids(systems)) == list(range(100))


def test_replies_that_are_not_whole_are_asked_for_again(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    faults = [(500, b"oops"), (200, HALF), (200, b"")]

    def _answer(_after: str | None) -> Reply:
        return faults.pop() if faults else body([batch(1)])

    with answering(_answer) as url:
        systems = Systems(warehouse, tmp_path, url)
        systems.ingest()
        assert ids(systems) == [1]


@pytest.mark.parametrize(
    ("reply", "length", "message"),
    [
        ((500, b""), None, "answers 500 Internal Server Error, 4 times"),
        ((404, b""), None, "answers 404 Not Found"),
        ((200, HALF), None, "cut off or no JSON"),
        ((200, HALF), 500, "the reply was cut off"),
        ((200, b"<html>"), None, "cut off or no JSON"),
        ((200, b'{"id": 1}'), None, "the reply is no JSON array"),
    ],
)
def test_what_no_attempt_mends_is_one_line(
    warehouse: Warehouse, tmp_path: Path, reply: Reply, length: int | None, message: str
) -> None:
    with answering(lambda _after: reply, length) as url:
        systems = Systems(warehouse, tmp_path, url)
        systems.student()
        with pytest.raises(IngestError, match=message) as failure:
            systems.ingest()
        assert "\n" not in str(failure.value)
        assert url in str(failure.value)
    with pytest.raises(IngestError, match="refused"):
        systems.ingest()
    assert warehouse.query("select count(*) from raw_education.students") == [(1,)]


def test_empty_then_odd_objects_then_a_renamed_batch(warehouse: Warehouse, tmp_path: Path) -> None:
    batches: list[Any] = []
    with answering(lambda _after: body(batches)) as url:
        systems = Systems(warehouse, tmp_path, url)
        assert systems.ingest().rows_landed == 0
        batches += [7, None, {"id": [1]}, {"name": "a\0b"}, batch(1, name="Zürich"), batch(1)]
        batches += [batch(1)]
        systems.ingest()
        assert systems.ingest().rows_landed == 0
        batches += [batch(1, name="renamed")]
        systems.ingest()
    assert warehouse.query("select id, name from raw_education.batches order by 2, 1") == [
        (None, '"a\\u0000b"'),
        ("1", "Zürich"),
        ("1", "renamed"),
        ("1", "web-1"),
        ("[1]", None),
        (None, None),
        (None, None),
    ]
