"""What users type to build or look at a part: each works, and takes nothing else away."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BIN, ROOT, Warehouse

VIEWS = """
select schemaname || '.' || viewname from pg_views
where schemaname in ('staging', 'intermediate', 'marts') order by 1
"""
TABLES = """
select schemaname || '.' || tablename from pg_tables
where schemaname in ('staging', 'intermediate', 'marts', 'exports') order by 1
"""
CENSUS = ("-s", "+path:dbt_project/models/*/census")


@pytest.fixture
def built(warehouse: Warehouse) -> Warehouse:
    warehouse.ingest("census")
    warehouse.build(*CENSUS)
    return warehouse


@pytest.mark.parametrize(
    "command",
    [
        ("run", "-s", "stg_census__files"),
        ("build", "-s", "stg_census__people_checked"),
        ("run", "-s", "int_census__person_records"),
        ("build", "-s", "places"),
        ("run", "-s", "stg_warehouse__loads", "--full-refresh"),
        ("build", "--full-refresh", *CENSUS),
        ("test", *CENSUS),
        ("compile", *CENSUS),
        ("docs", "generate", *CENSUS),
        ("debug",),
        ("ls",),
        ("show", "--inline", "select * from {{ ref('country_summary') }}"),
        ("source", "freshness", "-s", "source:census"),
    ],
    ids=" ".join,
)
def test_a_command_leaves_everything_in_its_place(
    built: Warehouse, command: tuple[str, ...]
) -> None:
    before = (built.query(VIEWS), built.query(TABLES))
    rows = built.query("select * from marts.country_summary order by 1")
    built.run("dbt", *command)
    assert (built.query(VIEWS), built.query(TABLES)) == before
    assert built.query("select * from marts.country_summary order by 1") == rows
    built.run("dbt", "run", "-s", "int_census__rejected_records")


def test_a_view_whose_columns_changed_keeps_the_views_above_it(built: Warehouse) -> None:
    before = built.query(VIEWS)
    lines = "staging.stg_census__malformed_lines"
    for statement in (
        f"drop view {lines} cascade",
        f"create view {lines} as select 'people' as record_table, 1 as odd",
        f"create view staging.of_another as select record_table from {lines}",
        f"create view staging.of_the_odd as select odd from {lines}",
    ):
        built.query(statement, role="transformer")
    built.run("dbt", "run", "-s", "stg_census__malformed_lines", "stg_census__rejected")
    after = {name for (name,) in built.query(VIEWS)}
    assert after == {name for (name,) in before} | {"staging.of_another"}


@pytest.mark.usefixtures("built")
def test_a_part_of_a_warehouse_that_was_never_built(warehouse: Warehouse) -> None:
    warehouse.ingest("census")
    warehouse.run("dbt", "build", "-s", "path:dbt_project/models/*/census")
    assert len(warehouse.query("select * from marts.country_summary")) == 3


def test_a_source_that_was_not_read_for_long_is_an_error(built: Warehouse) -> None:
    freshness = ("dbt", "source", "freshness", "-s", "source:census")
    built.query("update raw_ledger.runs set finished_at = now() - interval '8 days'")
    assert "WARN freshness of census" in built.run(*freshness)
    built.query("update raw_ledger.runs set finished_at = now() - interval '31 days'")
    assert "ERROR STALE freshness of census" in built.run(*freshness, fails=True)


def test_from_another_folder(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    command = [BIN / "dbt", "build", "--project-dir", ROOT, "--profiles-dir", ROOT, *CENSUS]
    done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_failed_build_is_retried(built: Warehouse) -> None:
    built.query("alter table raw_census.files rename column sha256 to digest")
    built.query("alter table raw_census.people rename column line to lines")
    built.run("dbt", "build", *CENSUS, fails=True)
    built.query("alter table raw_census.people rename column lines to line")
    built.run("dbt", "retry")


DEV = """
    dev:
      type: postgres
      host: "{{ env_var('PGHOST') }}"
      port: "{{ env_var('PGPORT') | as_number }}"
      user: "{{ env_var('PGUSER') }}"
      password: "{{ env_var('PGPASSWORD') }}"
      dbname: "{{ env_var('PGDATABASE') }}"
      schema: dev
      role: transformer
      threads: 2
"""


def test_another_target_has_schemas_of_its_own(built: Warehouse, tmp_path: Path) -> None:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "profiles.yml").write_text((ROOT / "profiles.yml").read_text() + DEV)
    to_dev = ("--profiles-dir", profiles, "--target", "dev")
    ledger = "select is_whole, loads is null, outcome from raw_ledger.builds order by build_id"
    state = tmp_path / "state"
    shutil.copytree(Path(os.environ["DBT_TARGET_PATH"]), state)
    before = (built.query(VIEWS), built.query(TABLES), built.query(ledger))
    rows = built.query("select * from marts.country_summary order by 1")

    # What is not in the other target's schemas yet is taken from the first one's.
    built.run("dbt", "build", *to_dev, "-s", "country_summary", "--defer", "--state", state)
    assert built.query("select * from dev_marts.country_summary order by 1") == rows
    assert built.query("select to_regclass('dev_marts.people')") == [(None,)]
    built.run("dbt", "clone", *to_dev, "-s", "places", "--state", state)
    assert built.query("select * from dev_marts.places except select * from marts.places") == []
    built.run("dbt", "build", *to_dev, "--exclude-resource-type", "unit_test", *CENSUS)
    built.run("dbt", "build", *to_dev, "--exclude-resource-type", "unit_test", "-s", "people")
    built.query("delete from dev_marts.people", role="transformer")

    assert (built.query(VIEWS), built.query(TABLES)) == before[:2]
    assert built.query("select * from marts.country_summary order by 1") == rows
    assert built.query(ledger)[len(before[2]) :] == [(False, True, "published")] * 3  # no clone
