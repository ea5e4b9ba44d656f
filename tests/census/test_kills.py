"""A killed `ingest census`, then a plain run of it: everything is there, and there once."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Warehouse

PEOPLE = 700_000  # three files of one load
LANDED = """
select count(*) filter (where complete), count(distinct line) filter (where complete), count(*)
from (
    select
        line,
        _dlt_load_id in (select load_id from raw_census._dlt_loads where status = 0) as complete
    from raw_census.people
) as people
"""
NAMES = "select given_name from raw_census.people order by _dlt_load_id, line"


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("big")
    people, places = folder / "people.csv", folder / "places.csv"
    rows = "".join(f"Name{i},Family,1900-01-01,Wick\n" for i in range(PEOPLE))
    people.write_text("given_name,family_name,date_of_birth,place_of_birth\n" + rows)
    places.write_text("city,county,country\nWick,Caithness,Scotland\n")
    return people, places


def landed(warehouse: Warehouse) -> tuple[object, ...]:
    """Rows of complete loads, distinct ones among them, and all rows there are."""
    return warehouse.query(LANDED)[0]


@pytest.mark.parametrize(
    ("window", "times"),
    [
        ("while extracting", 5),
        ("before normalizing", 1),
        ("before loading", 1),
        ("before a file is committed", 2),
        ("between a file's commit and its marker", 1),
        ("between a file's commit and its marker", 3),
        ("before the load is complete", 1),
        ("after the load is complete", 1),
    ],
)
def test_a_plain_rerun_after_a_kill_lands_everything_once(
    warehouse: Warehouse, big: tuple[Path, Path], window: str, times: int
) -> None:
    people, places = big
    arguments = ("census", "--people", people, "--places", places)
    warehouse.kill(window, times, *arguments)
    warehouse.ingest(*arguments)

    assert landed(warehouse) == (PEOPLE, PEOPLE, PEOPLE)
    assert warehouse.query(
        "select count(*), count(distinct load_id) from raw_census._dlt_loads"
    ) == [(1, 1)]
    outcomes = [
        o for (o,) in warehouse.query("select outcome from raw_ledger.runs order by run_id")
    ]
    assert outcomes[0] == "interrupted"
    warehouse.ingest(*arguments)
    assert landed(warehouse) == (PEOPLE, PEOPLE, PEOPLE)


def test_a_pending_load_is_finished_and_the_new_data_lands_in_the_same_run(
    warehouse: Warehouse, big: tuple[Path, Path], tmp_path: Path
) -> None:
    _, places = big
    people = tmp_path / "people.csv"
    header = "given_name,family_name,date_of_birth,place_of_birth\n"
    people.write_text(header + "Old,Name,1900-01-01,Wick\n")
    arguments = ("census", "--people", people, "--places", places)
    warehouse.kill("between a file's commit and its marker", 1, *arguments)
    people.write_text(header + "Old,Name,1900-01-01,Wick\nNew,Name,1900-01-01,Wick\n")
    printed = warehouse.ingest(*arguments)

    assert "finished 1 pending load(s)" in printed
    assert warehouse.query(NAMES) == [("Old",), ("Old",), ("New",)]


def test_rows_of_a_load_whose_files_are_lost_are_deleted(
    warehouse: Warehouse, big: tuple[Path, Path]
) -> None:
    people, places = big
    arguments = ("census", "--people", people, "--places", places)
    warehouse.kill("between a file's commit and its marker", 4, *arguments)
    assert landed(warehouse)[2], "no file of people was committed: the kill came too early"
    shutil.rmtree(Path(warehouse.env["WAREHOUSE_HOME"]) / "pipelines")
    warehouse.ingest(*arguments)
    assert landed(warehouse) == (PEOPLE, PEOPLE, PEOPLE)


def test_a_second_run_at_the_same_time_ends_at_once(
    warehouse: Warehouse, big: tuple[Path, Path]
) -> None:
    people, places = big
    arguments = ("census", "--people", people, "--places", places)
    warehouse.ingest("db", "start")
    with subprocess.Popen(
        [sys.executable, "-m", "ingest", *map(str, arguments)], cwd=ROOT
    ) as first:
        while not warehouse.query("select 1 from raw_ledger.runs where outcome = 'running'"):
            assert first.poll() is None
        assert "another run of census" in warehouse.ingest(*arguments, fails=True)
    assert first.returncode == 0
    assert landed(warehouse) == (PEOPLE, PEOPLE, PEOPLE)
    assert warehouse.query("select outcome from raw_ledger.runs") == [("loaded",)]
