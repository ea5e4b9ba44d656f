"""Write, test, publish: what people read changes at once, as a whole, or not at all."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ingest.warehouse import connect
from tests.conftest import NAME, Warehouse, administrator
from tests.signatures.datasets import Datasets
from tests.signatures.datasets import build as build_signatures

Write = Callable[[str, str | bytes], Path]
CENSUS = ("-s", "+path:dbt_project/models/*/census", "+path:dbt_project/models/exports")
SIGNATURES = ("path:dbt_project/models/*/signatures", "path:dbt_project/tests/signatures")
UNITED = ("+rejected_records", "+ingest_reconciliation", "+origins")
PEOPLE = "given_name,family_name,date_of_birth,place_of_birth\n"
PLACES = "city,county,country\nWick,{county},Scotland\nCork,Munster,Ireland\n"
CONTENT = (
    "select given_name, county from marts.people join marts.places using (place_id) order by 1"
)
ROWS_WRITTEN = """
select sum(n_tup_ins + n_tup_del + n_tup_upd) from pg_stat_user_tables where schemaname = 'marts'
"""


def land(warehouse: Warehouse, write: Write, names: str, county: str = "Caithness") -> None:
    lines = "".join(f"{name},Good,1900-01-01,Wick\n" for name in names)
    people = write("people.csv", PEOPLE + lines)
    places = write("places.csv", PLACES.format(county=county))
    warehouse.ingest("census", "--people", people, "--places", places, "--allow-shrink")


@pytest.fixture
def built(warehouse: Warehouse, write: Write) -> Warehouse:
    land(warehouse, write, "ABC")
    warehouse.build(*CENSUS, *UNITED)
    return warehouse


@contextmanager
def reader(role: str = "analyst") -> Iterator[psycopg2.extensions.cursor]:
    with closing(connect.connect(role)) as connection, connection.cursor() as cursor:
        yield cursor


def test_what_did_not_change_is_not_written(built: Warehouse, write: Write) -> None:
    ((before,),) = built.query(f"select pg_stat_force_next_flush(); {ROWS_WRITTEN}")
    built.build(*CENSUS, *UNITED)
    assert built.query(ROWS_WRITTEN) == [(before,)]
    land(built, write, "ABCD")
    built.build(*CENSUS, *UNITED)
    assert built.query(CONTENT) == [(name, "Caithness") for name in "ABCD"]
    # one more person, and the country's row, which counts them: the old one goes, a new one comes
    assert built.query(ROWS_WRITTEN) == [(before + 1 + 2,)]


def test_rows_without_a_key_are_as_often_there_as_built(built: Warehouse) -> None:
    table = "create table {} as select nullif(n, 2) as a from unnest(array[{}]) as n"
    for old, new in (("1, 1, 2, 3", "1, 2, 2, 2, 4"), ("1, 1", "1"), ("1", "1, 1"), ("2", "2")):
        for statement in (
            "drop table if exists building.of_a_test, marts.of_a_test",
            table.format("marts.of_a_test", old),
            table.format("building.of_a_test", new),
            "select building.publish_table('marts.of_a_test', 'building.of_a_test', null)",
        ):
            built.query(statement, role="transformer")
        published, wanted = (
            built.query(f"select a from {schema}.of_a_test order by 1")
            for schema in ("marts", "building")
        )
        assert published == wanted


def test_a_source_that_fails_keeps_what_is_published(built: Warehouse, write: Write) -> None:
    before = [built.query(f"select * from {table} order by 1, 2") for table in tables(built)]
    land(built, write, "ABX", county="Sutherland")
    built.ingest("classification")
    built.query("update raw_census.files set records_read = records_read + 1")
    said = built.build(*CENSUS, *UNITED, "+path:dbt_project/models/*/classification", fails=True)
    assert "census: not published, its tables stay as they were; failed: " in said
    assert "classification: not published" not in said
    after = [
        [row for row in built.query(f"select * from {table} order by 1, 2") if "images" not in row]
        for table in tables(built)
    ]
    assert [[row for row in rows if row[0] != "classification"] for rows in after] == before
    assert built.query("select count(*) from marts.image_labels") != [(0,)]
    assert built.query("select distinct source from marts.origins order by 1") == [
        ("census",),
        ("classification",),
    ]


def tables(warehouse: Warehouse) -> list[str]:
    found = warehouse.query(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('marts', 'exports') and table_name !~ '^image_' order by 1"
    )
    return [name for (name,) in found]


def test_what_the_keys_of_the_published_refuse_is_not_published(
    built: Warehouse, write: Write
) -> None:
    land(built, write, "ABC", county="Sutherland")
    said = built.run(
        "dbt", "run", "-s", "stg_warehouse__loads", "int_census__places", "places", fails=True
    )
    assert "census: not published, its tables stay as they were" in said
    assert 'violates foreign key constraint "people_place_id_fkey"' in said
    assert built.query(CONTENT) == [(name, "Caithness") for name in "ABC"]
    ((outcome, message),) = built.query(
        "select outcome, message from raw_ledger.builds order by build_id desc limit 1"
    )
    assert outcome == "failed"
    assert "foreign key" in message


def test_views_and_rights_of_others_survive(
    built: Warehouse, write: Write, server: dict[str, str]
) -> None:
    statements = (
        "create role somebody",
        "create schema theirs authorization somebody",
        "grant usage on schema marts to somebody",
        "grant select on marts.people to somebody",
        "create view theirs.names as select given_name from marts.people",
        "alter view theirs.names owner to somebody",
        "create view theirs.above as select count(*) as names from theirs.names",
        "grant select on theirs.names to analyst",
        "grant usage on schema theirs to analyst",
    )
    with administrator(server, NAME) as admin:
        for statement in statements:
            admin.execute(statement)
    try:
        land(built, write, "XYZ")
        built.build(*CENSUS)
        with reader() as cursor:
            cursor.execute(
                "select string_agg(given_name, '' order by given_name) from theirs.names"
            )
            assert cursor.fetchone() == ("XYZ",)
        # Columns that changed: the table is made anew, and what stood on it comes back.
        built.query("alter table marts.people add column of_an_older_version text")
        built.query("alter table marts.people drop constraint people_pkey")
        built.build(*CENSUS)
        with administrator(server, NAME) as admin:
            admin.execute("select * from theirs.above")
            assert admin.fetchall() == [(3,)]
        with reader() as cursor:
            cursor.execute(
                "select string_agg(given_name, '' order by given_name) from theirs.names"
            )
            assert cursor.fetchone() == ("XYZ",)
        assert built.query(
            "select has_table_privilege('somebody', 'marts.people', 'select'), "
            "(select viewowner from pg_views where viewname = 'names')"
        ) == [(True, "somebody")]
    finally:
        with administrator(server, NAME) as admin:
            admin.execute("drop owned by somebody cascade; drop role somebody")


def test_an_index_that_somebody_added_stays(built: Warehouse, write: Write) -> None:
    built.query("create index of_somebody on marts.people (family_name)", role="transformer")
    land(built, write, "ABCD")
    built.build(*CENSUS)
    assert len(built.query(CONTENT)) == 4
    stays = "select to_regclass('marts.of_somebody') is not null"
    assert built.query(stays) == [(True,)]
    built.query("delete from marts.people", role="transformer")  # filled without keys, then
    built.build(*CENSUS)
    assert len(built.query(CONTENT)) == 4
    assert built.query(stays) == [(True,)]


def columns_of(warehouse: Warehouse, mart: str) -> list[str]:
    query = "select column_name from information_schema.columns where table_name = %s"
    return [name for (name,) in warehouse.query(query, mart)]


def test_a_table_of_another_shape_is_written_whole(warehouse: Warehouse, tmp_path: Path) -> None:
    datasets = Datasets(tmp_path / "data")
    datasets.land(warehouse)
    build_signatures(warehouse)
    points = "select count(*), count(x) from marts.signature_points"
    assert warehouse.query(points) == [(3, 3)]
    warehouse.query("alter table marts.signature_points add column of_an_older_version text")
    datasets.write("Online/Genuine/002_1.HWR", b"1,2,3\n")
    datasets.land(warehouse)
    build_signatures(warehouse)
    assert warehouse.query(points) == [(4, 4)]
    assert "of_an_older_version" not in columns_of(warehouse, "signature_points")


def test_a_forgotten_transaction_holds_up_nobody(built: Warehouse, write: Write) -> None:
    land(built, write, "ABCD", county="Sutherland")
    with reader() as forgotten:
        forgotten.execute(CONTENT)
        seen = forgotten.fetchall()
        built.build(*CENSUS, *UNITED)
        assert built.query(CONTENT) == [(name, "Sutherland") for name in "ABCD"]
        assert seen == [(name, "Caithness") for name in "ABC"]


def test_where_a_table_must_be_made_anew_who_holds_it_is_told(
    built: Warehouse, write: Write
) -> None:
    land(built, write, "ABCD")
    built.query("alter table marts.people add column of_an_older_version text")
    with reader() as forgotten:
        forgotten.execute("select count(*) from marts.people")
        said = built.build(*CENSUS, fails=True)
        assert "a reader holds its tables" in said
        assert "(process " in said
        assert built.query("select count(*) from marts.people") == [(3,)]
    built.build(*CENSUS)
    assert built.query("select count(*) from marts.people") == [(4,)]


def test_a_retry_publishes_what_the_failed_build_had_written(
    built: Warehouse, write: Write
) -> None:
    land(built, write, "ABCD", county="Sutherland")
    built.query("alter table raw_census.people rename column line to lines")
    built.build(*CENSUS, *UNITED, fails=True)
    assert built.query(CONTENT) == [(name, "Caithness") for name in "ABC"]
    built.query("alter table raw_census.people rename column lines to line")
    built.run("dbt", "retry")
    assert built.query(CONTENT) == [(name, "Sutherland") for name in "ABCD"]


def test_what_a_killed_build_had_written_is_not_published_by_a_retry(
    built: Warehouse, write: Write
) -> None:
    land(built, write, "ABCD", county="Sutherland")
    built.query("alter table raw_census.people rename column line to lines")
    built.build(*CENSUS, fails=True)
    built.query("alter table raw_census.people rename column lines to line")
    built.query("update raw_ledger.builds set outcome = 'interrupted' where outcome = 'failed'")
    said = built.run("dbt", "retry", fails=True)
    assert "there is nothing to go on with: the last build was cut off" in said
    assert built.query(CONTENT) == [(name, "Caithness") for name in "ABC"]


def test_a_first_build_that_fails_in_one_source_unites_the_others(warehouse: Warehouse) -> None:
    warehouse.ingest("census")
    warehouse.query("alter table raw_education.students rename column name to names")
    warehouse.build(fails=True)
    with reader() as cursor:
        for mart in ("origins", "ingest_reconciliation", "rejected_records", "rejected_summary"):
            cursor.execute(f"select distinct source from marts.{mart}")
            assert cursor.fetchall() == [("census",)]
    warehouse.query("alter table raw_education.students rename column names to name")
    warehouse.build()
    assert "education" in warehouse.query("select pg_get_viewdef('marts.origins')")[0][0]


def test_an_empty_build_tries_everything_and_changes_nothing(warehouse: Warehouse) -> None:
    def state() -> list[tuple[Any, ...]]:
        return warehouse.query(
            "select schemaname, relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables "
            "where schemaname in ('staging', 'intermediate', 'marts', 'exports') order by 1, 2"
        )

    warehouse.ingest("all")
    warehouse.build()
    before = state()
    warehouse.run("dbt", "build", "--empty", "--exclude-resource-type", "unit_test")
    assert state() == before
    warehouse.query("alter table raw_census.people rename column line to lines")
    said = warehouse.run("dbt", "build", "--empty", "-s", "stg_census__people_checked", fails=True)
    assert "ERROR=1" in said
