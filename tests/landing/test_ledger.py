"""The run ledger tells how many rows count, whichever run has landed them."""

from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.kill import WINDOWS

LANDED = """
select
    (select coalesce(sum(rows_landed), 0) from raw_ledger.runs where source = 'census'),
    (select count(*) from raw_census.people where _dlt_load_id in (select load_id from loads))
    + (select count(*) from raw_census.places where _dlt_load_id in (select load_id from loads))
    + (select count(*) from raw_census.files where _dlt_load_id in (select load_id from loads))
    + (select count(*) from raw_census.malformed_lines
        where _dlt_load_id in (select load_id from loads))
"""
LOADS = "with loads as (select load_id from raw_census._dlt_loads where status = 0)"


@pytest.mark.parametrize("window", WINDOWS)
def test_rows_of_a_load_that_another_run_finished_are_counted(
    warehouse: Warehouse, window: str
) -> None:
    warehouse.ingest("samples")
    warehouse.kill(window, 1, "census")
    printed = warehouse.ingest("census")
    ((told, there),) = warehouse.query(LOADS + LANDED)
    assert told == there > 2000
    assert f"{there:,} rows landed" in printed
    assert warehouse.query("select outcome, rows_landed from raw_ledger.runs order by run_id") == [
        ("interrupted", 0),
        ("loaded", there),
    ]


def test_rows_that_a_failed_run_did_not_land_are_not_counted(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    header = "given_name,family_name,date_of_birth,place_of_birth"
    people.write_text(f"{header}\n" + "Anna,Brown,1900-01-01,Wick\n" * 1000)
    places = tmp_path / "no places.csv"
    places.mkdir()
    printed = warehouse.ingest("census", "--people", people, "--places", places, fails=True)
    assert "1,000 records read" in printed
    assert warehouse.query("select outcome, rows_landed from raw_ledger.runs") == [("failed", 0)]
    assert warehouse.query(LOADS + LANDED) == [(0, 0)]
