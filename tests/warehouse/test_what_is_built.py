"""A build speaks of one set of loads; nothing new is not built, new data of a source is."""

from collections.abc import Callable
from pathlib import Path

from ingest.signatures import NewXYZSignature, register_signatures
from ingest.warehouse import builds
from tests.conftest import Warehouse

HEADER = "given_name,family_name,date_of_birth,place_of_birth\n"
Write = Callable[[str, str | bytes], Path]
NODES = "select count(*) from raw_ledger.builds"


def census(write: Write, *names: str) -> dict[str, str]:
    rows = "".join(f"{name},Family,1900-01-01,Wick\n" for name in names)
    places = "city,county,country\nWick,Caithness,Scotland\n"
    return {
        "SOURCES__CENSUS__PEOPLE": str(write("people.csv", HEADER + rows)),
        "SOURCES__CENSUS__PLACES": str(write("places.csv", places)),
    }


def test_only_what_is_new_is_built(warehouse: Warehouse, write: Write) -> None:
    one = warehouse.ingest("all", "--build", **census(write, "Ana"))
    assert "built everything in" in one
    assert "nothing new to build" in warehouse.ingest("all", "--build", **census(write, "Ana"))
    assert warehouse.query(NODES) == [(1,)]
    two = warehouse.ingest("all", "--build", **census(write, "Ana", "Bo"))
    assert "built census in" in two
    assert warehouse.query("select people_born from marts.country_summary") == [(2,)]
    assert warehouse.query("select people_born from exports.summary_output") == [(2,)]
    assert warehouse.query(
        "select read from marts.ingest_reconciliation where record_table = 'people'"
    ) == [(2,)]
    assert "nothing new to build" in warehouse.ingest(
        "all", "--build", **census(write, "Ana", "Bo")
    )
    register_signatures([NewXYZSignature([(1.0, 2.0, 3.0)])], "key")
    assert builds.stale_sources(["census", "signatures"]) == ["signatures"]
    assert "built signatures in" in warehouse.ingest("all", "--build", **census(write, "Ana", "Bo"))
    assert warehouse.query("select count(*) from marts.signatures") == [(1,)]


def test_a_failed_build_is_repeated(warehouse: Warehouse, write: Write) -> None:
    warehouse.ingest("all", "--build", **census(write, "Ana"))
    warehouse.query("alter table raw_census.people rename column line to lines")
    warehouse.query("insert into raw_census._dlt_loads select 'x', 'census', 0, now(), 'y'")
    assert "dbt build failed" in warehouse.ingest(
        "all", "--build", fails=True, **census(write, "Ana")
    )
    warehouse.query("alter table raw_census.people rename column lines to line")
    assert "built census in" in warehouse.ingest("all", "--build", **census(write, "Ana"))


def test_what_is_landed_after_a_build_began_is_not_seen_by_a_narrow_one(
    warehouse: Warehouse, write: Write
) -> None:
    warehouse.ingest("census", **census(write, "Ana"))
    warehouse.build("-s", "+country_summary")
    warehouse.ingest("census", **census(write, "Ana", "Bo"))
    warehouse.run("dbt", "--quiet", "build", "-s", "int_census__person_records", "people")
    assert warehouse.query("select given_name from marts.people") == [("Ana",)]
    warehouse.run("dbt", "--quiet", "build", "-s", "+people")
    assert warehouse.query("select count(*) from marts.people") == [(2,)]


def test_postgres_has_looked_at_what_a_build_reads(warehouse: Warehouse) -> None:
    """Else it plans for tables of unknown size: a thousand images took most of a minute."""
    warehouse.ingest("census")
    warehouse.build("-s", "+path:dbt_project/models/*/census", without=["test"])
    assert (
        warehouse.query(
            "select oid::regclass::text from pg_class "
            "where relnamespace in ('raw_census'::regnamespace, 'intermediate'::regnamespace, "
            "'marts'::regnamespace) and relkind = 'r' and reltuples < 0"
        )
        == []
    )
