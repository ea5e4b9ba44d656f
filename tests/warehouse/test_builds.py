"""One build at a time; the ledger of builds; reading commands wait for nobody."""

import subprocess
import time
from contextlib import closing

import psycopg2
import pytest

from ingest.warehouse import builds
from tests.conftest import BIN, ROOT, Warehouse

LEDGER = "select command, is_whole, outcome from raw_ledger.builds order by build_id"
SMALL = ("-s", "+origins")


def test_a_second_build_waits_and_then_builds(warehouse: Warehouse) -> None:
    warehouse.ingest("db", "start")
    command = [BIN / "dbt", "build", *SMALL]
    first, second = (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    )
    printed = [first.communicate()[0], second.communicate()[0]]
    assert (first.returncode, second.returncode) == (0, 0), printed
    assert sum("another build is under way" in said for said in printed) == 1
    assert warehouse.query(LEDGER) == [("build", False, "published")] * 2


def test_after_its_deadline_it_ends_with_a_line(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.ingest("db", "start")
    monkeypatch.setenv("WAREHOUSE_BUILD_WAIT", "0.2")
    with closing(builds.hold_lock()):
        said = warehouse.run("dbt", "build", *SMALL, fails=True)
        assert "another build is under way, for longer than 0.2 s: try again later" in said
        for reading in (("ls",), ("show", "--inline", "select 1"), ("compile", *SMALL)):
            assert "another build" not in warehouse.run("dbt", *reading)
    warehouse.run("dbt", "build", *SMALL)
    monkeypatch.setenv("WAREHOUSE_BUILD_WAIT", "soon")
    with closing(builds.hold_lock()):
        said = warehouse.run("dbt", "build", *SMALL, fails=True)
    assert "WAREHOUSE_BUILD_WAIT is 'soon', not a number of seconds" in said


def test_a_killed_build_leaves_no_lock_and_is_known(warehouse: Warehouse) -> None:
    warehouse.ingest("db", "start")
    with subprocess.Popen([BIN / "dbt", "build"], cwd=ROOT, stdout=subprocess.DEVNULL) as killed:
        while not warehouse.query("select 1 from raw_ledger.builds where outcome = 'running'"):
            time.sleep(0.1)
            assert killed.poll() is None
        killed.kill()
    warehouse.run("dbt", "build", *SMALL)
    assert warehouse.query(LEDGER) == [
        ("build", True, "interrupted"),
        ("build", False, "published"),
    ]


def test_a_failed_build_is_told_as_failed(warehouse: Warehouse) -> None:
    warehouse.ingest("db", "start")
    warehouse.query("alter table raw_census.origins drop column because")
    warehouse.run("dbt", "build", *SMALL, fails=True)
    ((outcome, message),) = warehouse.query("select outcome, message from raw_ledger.builds")
    assert outcome == "failed"
    assert "by_run_not_by_clock" in message


def test_an_analyst_cannot_take_the_lock(warehouse: Warehouse) -> None:
    warehouse.ingest("db", "start")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        warehouse.query("lock table raw_ledger.build_lock", role="analyst")


def test_the_version_changes_with_the_project() -> None:
    before = builds.project_version()
    file = ROOT / "dbt_project" / "macros" / "of_a_test.sql"
    try:
        file.write_text("{# nothing #}")
        assert builds.project_version() != before
    finally:
        file.unlink()
    assert builds.project_version() == before
