"""Which files count: the ones named last, whatever they were called before; never the sample."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import Warehouse
from tests.uniting import united

CENSUS = ("-s", "path:dbt_project/models/*/census", "+rejected_records", "+ingest_reconciliation")
COUNTRIES = "select country, people_born from marts.country_summary order by 1"
NAMES = "select given_name from marts.people order by 1"
PLACES = "city,county,country\nWick,Caithness,Scotland\nBath,Somerset,England\n"
Write = Callable[[str, str | bytes], Path]
Rows = list[tuple[object, ...]]


def people(*names: str, city: str = "Wick") -> str:
    rows = "".join(f"{name},Family,1900-01-01,{city}\n" for name in names)
    return f"given_name,family_name,date_of_birth,place_of_birth\n{rows}"


def published(warehouse: Warehouse) -> dict[str, Rows]:
    """Everything that is published of the census."""
    warehouse.build(*CENSUS)
    tables = dict.fromkeys(("people", "places", "country_summary"), "*")
    told = {"rejected_records": "*", "ingest_reconciliation": "*"}
    return {
        **{name: warehouse.query(f"select * from marts.{name} order by 1, 2") for name in tables},
        **{
            name: warehouse.query(
                f"select * from marts.{name} where source = 'census' order by 1, 2, 3, 4"
            )
            for name in told
        },
    }


def everything(warehouse: Warehouse) -> dict[str, list[Any]]:
    """What is published, and what the marts that unite all sources show of the census."""
    return {**published(warehouse), **united(warehouse, "census")}


def land(warehouse: Warehouse, people: object, places: object, *more: object, **how: bool) -> str:
    return warehouse.ingest("census", "--people", people, "--places", places, *more, **how)


def test_own_files_take_the_place_of_the_sample(warehouse: Warehouse, write: Write) -> None:
    assert "nothing is configured, the sample serves" in warehouse.ingest("census")
    warehouse.build(*CENSUS)
    assert len(warehouse.query(COUNTRIES)) == 3
    own, places = write("own.csv", people("Ana")), write("own_places.csv", PLACES)
    assert "the sample counts no more" in land(warehouse, own, places)
    after = published(warehouse)
    assert after["country_summary"] == [("England", 0), ("Scotland", 1)]
    assert [row[2] for row in after["ingest_reconciliation"]] == [str(own), str(places)]
    assert after["rejected_records"] == []
    for schema in ("staging", "intermediate", "marts"):
        for (table,) in warehouse.query(
            "select table_name from information_schema.columns where table_schema = %s "
            "and column_name = 'origin' and table_name not like '%%origins'",
            schema,
        ):
            query = f"select count(*) from {schema}.{table} where origin like '%%samples/census%%'"
            assert warehouse.query(query) == [(0,)], table
    again = warehouse.ingest("census", fails=True)
    assert "census holds own data, so no sample serves: give --people and --places" in again
    said = warehouse.ingest("all")
    assert "census: not configured; what is landed stays" in said
    assert "education: not configured" in said
    assert published(warehouse) == after


def test_an_input_that_is_missing_is_no_reason_for_a_sample(
    warehouse: Warehouse, write: Write
) -> None:
    said = warehouse.ingest("census", "--people", write("own.csv", people("Ana")), fails=True)
    assert "--people given without --places (or places under [sources.census]" in said
    assert warehouse.query("select count(*) from raw_census.files") == [(0,)]


def test_corrected_files_under_new_names_replace_the_old(
    warehouse: Warehouse, write: Write
) -> None:
    land(warehouse, write("people-2025.csv", people("Ana", "Bo")), write("p-2025.csv", PLACES))
    corrected = write("p-2026.csv", PLACES.replace("Caithness", "Highland"))
    own = write("people-2026.csv", people("Anna", "Bo"))
    said = land(warehouse, own, corrected)
    assert "people-2025.csv counts no more: it is not named" in said
    after = published(warehouse)
    assert sorted(row[1] for row in after["people"]) == ["Anna", "Bo"]
    assert after["rejected_records"] == []
    assert {row[2] for row in after["places"]} == {"Highland", "Somerset"}


def test_a_renamed_file_lands_nothing_and_is_the_same(warehouse: Warehouse, write: Write) -> None:
    old, places = write("old.csv", people("Ana")), write("places.csv", PLACES)
    land(warehouse, old, places)
    before = published(warehouse)
    new = old.rename(old.with_name("new.csv"))
    said = land(warehouse, new, places)
    assert f"nothing new ({new} is what {old} was; places.csv is landed already)" in said
    after = published(warehouse)
    assert {**after, "ingest_reconciliation": 0} == {**before, "ingest_reconciliation": 0}
    assert after["ingest_reconciliation"][0][2] == str(new)
    assert warehouse.query("select count(*) from raw_census.people") == [(1,)]
    land(warehouse, new, places)
    outcomes = warehouse.query("select outcome from raw_ledger.runs order by run_id")
    assert outcomes == [("loaded",), ("loaded",), ("nothing new",)]


def test_a_link_is_the_path_that_counts(warehouse: Warehouse, write: Write) -> None:
    places = write("places.csv", PLACES)
    first, second = (write(f"{n}/people.csv", people(n)).parent for n in ("Ana", "Bo"))
    current = warehouse.folder / "current"
    for release in (first, second):
        current.unlink(missing_ok=True)
        current.symlink_to(release)
        land(warehouse, current / "people.csv", places)
    after = published(warehouse)
    assert [row[1] for row in after["people"]] == ["Bo"]
    assert after["ingest_reconciliation"][0][2] == str(current / "people.csv")


def test_the_newest_is_told_by_the_run_not_by_the_clock(warehouse: Warehouse, write: Write) -> None:
    places = write("places.csv", PLACES)
    land(warehouse, write("people.csv", people("Old")), places)
    warehouse.query("update raw_census.files set read_at = read_at + interval '1 day'")
    land(warehouse, write("people.csv", people("New")), places)
    assert [row[1] for row in published(warehouse)["people"]] == ["New"]
    assert "nothing new" in land(warehouse, warehouse.folder / "people.csv", places)


def test_patterns_and_repeated_flags_name_a_set(warehouse: Warehouse, write: Write) -> None:
    places = write("places.csv", PLACES)
    for name in ("a", "b", "c"):
        write(f"people-{name}.csv", people(name))
    write("more.csv", people("d"))
    pattern = warehouse.folder / "people-*.csv"
    more = ("--people", warehouse.folder / "more.csv", "--people", pattern)
    land(warehouse, pattern, places, *more)
    warehouse.build(*CENSUS)
    assert warehouse.query(NAMES) == [("a",), ("b",), ("c",), ("d",)]
    (warehouse.folder / "people-b.csv").unlink()
    land(warehouse, pattern, places, *more)
    warehouse.build(*CENSUS)
    assert warehouse.query(NAMES) == [("a",), ("c",), ("d",)]
    said = land(warehouse, warehouse.folder / "x*.csv", places, fails=True)
    assert f"no file fits {warehouse.folder}/x*.csv" in said


def test_losing_more_than_half_is_refused(warehouse: Warehouse, write: Write) -> None:
    places = write("places.csv", PLACES)
    files = [write(f"people-{n}.csv", people(*(f"{n}{i}" for i in range(10)))) for n in "abc"]
    land(warehouse, files[0], places, "--people", files[1], "--people", files[2])
    said = land(warehouse, files[0], places, fails=True)
    assert "people shrank from 30 to 10 records, less than half" in said
    assert len(published(warehouse)["people"]) == 30
    land(warehouse, files[0], places, "--allow-shrink")
    assert len(published(warehouse)["people"]) == 10


def test_after_each_step_the_marts_are_what_is_left_alone(
    warehouse: Warehouse, write: Write, fresh: Callable[[], Warehouse]
) -> None:
    """Sample, own, moved, one forgotten, pruned: each as if nothing else had ever been landed."""

    def alone(*files: Path) -> dict[str, list[Any]]:
        with fresh() as other:
            land(other, files[0], files[-1], *(w for f in files[1:-1] for w in ("--people", f)))
            return everything(other)

    warehouse.ingest("census")
    everything(warehouse)
    one, two = write("one.csv", people("Ana", "Bo")), write("two.csv", people("Bo", "Cy", "?"))
    places = write("places.csv", PLACES)
    land(warehouse, one, places, "--people", two)
    assert everything(warehouse) == alone(one, two, places)
    (warehouse.folder / "moved").mkdir()
    one, two, places = (Path(shutil.move(f, f.parent / "moved")) for f in (one, two, places))
    assert "nothing new" in land(warehouse, one, places, "--people", two)
    assert everything(warehouse) == alone(one, two, places)
    warehouse.ingest("forget", "census", one, "--yes")
    assert everything(warehouse) == alone(two, places)
    warehouse.ingest("prune", "--keep", 0)
    assert everything(warehouse) == alone(two, places)
    assert warehouse.query("select count(*) from raw_census.people") == [(3,)]
    land(warehouse, one, places, "--people", two)
    assert everything(warehouse) == alone(one, two, places)
