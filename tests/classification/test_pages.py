"""The runner's hook for sources that land in several loads."""

from collections.abc import Iterator
from importlib import import_module

import pyarrow as pa
import pytest

from ingest.classification.tables import RAW_SCHEMA, TABLES
from ingest.landing.ledger import Run
from ingest.landing.runner import run_source
from ingest.warehouse.raw_tables import rows
from tests.conftest import Warehouse

COUNT = (
    "select count(*) from raw_classification.requests "
    "where _dlt_load_id in (select load_id from raw_classification._dlt_loads)"
)


class Pages:
    raw_schema = RAW_SCHEMA

    def __init__(self, *pages: int) -> None:
        self.pages, self.seen = list(pages), list[int]()
        self.is_closed = False

    def read(self, _run: Run) -> Iterator[tuple[str, pa.Table]]:
        ids = range(self.pages.pop(0))
        yield "requests", rows(TABLES["requests"], [(n, *[None] * 5) for n in ids])

    def loaded(self, run: Run) -> bool:
        ((count,),) = run.execute(COUNT)
        self.seen.append(count)
        return bool(self.pages)

    def close(self) -> None:
        self.is_closed = True


def test_each_load_is_complete_before_the_source_hears_of_it(warehouse: Warehouse) -> None:
    source = Pages(2, 0, 3)
    run = run_source(source)
    assert source.seen == [2, 2, 5]
    assert source.is_closed
    assert run.rows_landed == 5
    assert warehouse.query("select outcome, rows_landed from raw_ledger.runs") == [("loaded", 5)]


def test_a_source_does_not_hear_of_a_load_that_failed(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Pages(1)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    # By import_module, since the name dlt.pipeline is a function's.
    monkeypatch.setattr(import_module("dlt.pipeline.pipeline").Pipeline, "load", fails)
    with pytest.raises(RuntimeError):
        run_source(source)
    assert source.seen == []
    assert source.is_closed
    assert warehouse.query(COUNT) == [(0,)]
