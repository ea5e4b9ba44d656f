"""The runner's hook for sources that land in several loads."""

from collections.abc import Iterator
from importlib import import_module

import pyarrow as pa
import pytest

from ingest.classification.tables import TABLES
from ingest.ledger import Run
from ingest.runner import run_source
from tests.conftest import Warehouse

COUNT = (
    "select count(*) from raw_classification.requests "
    "where _dlt_load_id in (select load_id from raw_classification._dlt_loads)"
)


class Pages:
    name = "classification"

    def __init__(self, *pages: int) -> None:
        self.pages, self.seen = list(pages), list[int]()

    def read(self, _run: Run) -> Iterator[tuple[str, pa.Table]]:
        ids = list(range(self.pages.pop(0)))
        nothing = [[None] * len(ids)] * 3
        yield "requests", pa.table([ids, *nothing], schema=TABLES["requests"])

    def loaded(self, run: Run) -> bool:
        ((count,),) = run.execute(COUNT)
        self.seen.append(count)
        return bool(self.pages)


def test_each_load_is_complete_before_the_source_hears_of_it(warehouse: Warehouse) -> None:
    source = Pages(2, 0, 3)
    run = run_source(source)
    assert source.seen == [2, 2, 5]
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
    assert warehouse.query(COUNT) == [(0,)]
