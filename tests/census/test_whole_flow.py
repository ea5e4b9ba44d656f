"""The census from files to marts and exports, on the captured upstream data."""

import csv
import json

from tests.conftest import UPSTREAM, Warehouse, needs_upstream

CENSUS = UPSTREAM / "census"
TABLES = ("places", "people", "country_summary", "rejected_records", "ingest_reconciliation")


def contents(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    return {
        t: warehouse.query(f"select * from marts.{t} order by 1, 2, 3")
        if t != "country_summary"
        else warehouse.query("select * from marts.country_summary order by 1")
        for t in TABLES
    }


@needs_upstream
def test_upstream_gives_the_expected_summary_and_a_rerun_changes_nothing(
    warehouse: Warehouse,
) -> None:
    files = ("--people", CENSUS / "people.csv", "--places", CENSUS / "places.csv")
    warehouse.ingest("census", *files)
    warehouse.build()
    warehouse.ingest("export")

    written = (warehouse.folder / "data" / "summary_output.json").read_bytes()
    assert written == (CENSUS / "expected_country_summary.json").read_bytes()
    assert sum(json.loads(written).values()) == 10_000

    upstream = list(csv.DictReader((CENSUS / "people.csv").open(encoding="utf-8", newline="")))
    published = warehouse.query(
        "select given_name, family_name, date_of_birth::text, city from marts.people "
        "join marts.places using (place_id)",
        role="analyst",
    )
    assert sorted(published) == sorted(tuple(row.values()) for row in upstream)
    places = list(csv.reader((CENSUS / "places.csv").open(encoding="utf-8", newline="")))[1:]
    assert sorted(
        map(list, warehouse.query("select city, county, country from marts.places"))
    ) == sorted(places)

    before = contents(warehouse)
    for _ in range(2):
        warehouse.ingest("census", *files)
        warehouse.build()
    assert contents(warehouse) == before
    assert warehouse.query(
        "select outcome, units_read, rows_landed from raw_ledger.runs order by run_id"
    ) == [
        ("loaded", 2, 10_000 + len(places) + 2),
        ("nothing new", 2, 0),
        ("nothing new", 2, 0),
    ]
