"""The whole domain against a platform that keeps running, and rounds that stop when told to."""

import csv
import os
import signal
import subprocess
import time

from tests.conftest import BIN, Warehouse
from tests.education.platform import Systems
from tests.education.test_whole_flow import DOMAIN, completion

SECONDS = os.environ.get("LIVE_SECONDS", "20")
ROUNDS = int(os.environ.get("LIVE_ROUNDS", "1"))


def test_a_running_platform_is_told_as_its_own_books_tell_it(warehouse: Warehouse) -> None:
    folder = warehouse.folder / "data" / "samples" / "education"
    command = [str(BIN / "ingest"), "samples", "--live", "--seconds", SECONDS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as platform:
        while not (folder / "batches_url").exists():
            assert platform.poll() is None
            time.sleep(0.1)
        for _ in range(ROUNDS):
            warehouse.ingest("education")
            warehouse.run("dbt", "--quiet", "run", *DOMAIN, "stg_warehouse__loads")
        output, _ = platform.communicate(timeout=300)
    assert platform.returncode == 0
    assert " 0 students lost" in output
    warehouse.ingest("education")
    warehouse.build(*DOMAIN)
    with (folder / "expected_batch_completion.csv").open(newline="") as file:
        books = [tuple(row) for row in csv.reader(file)][1:]
    assert completion(warehouse) == books
    assert len(books) >= 120


def test_rounds_go_on_after_a_failure_and_stop_when_told_to(systems: Systems) -> None:
    env = {
        **os.environ,
        "SOURCES__EDUCATION__STUDENTS": str(systems.database),
        "SOURCES__EDUCATION__BATCHES_URL": systems.url,
        "SOURCES__EDUCATION__TEST_RUNS": str(systems.log),
        "SOURCES__CENSUS__PEOPLE": "/nowhere/people.csv",
    }
    systems.ingest()  # so that the tables are there to ask
    command = [str(BIN / "ingest"), "all", "--every", "0.1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True) as rounds:
        for number in (1, 2):
            systems.student()
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and _students(systems) < number:
                time.sleep(0.2)
        rounds.send_signal(signal.SIGTERM)
        output, errors = rounds.communicate(timeout=60)
    assert rounds.returncode == 0
    assert output.endswith("stopped\n")
    assert "Traceback" not in errors
    assert "not landed: census" in errors
    assert _students(systems) == 2
    assert ("running",) not in systems.warehouse.query("select outcome from raw_ledger.runs")


def _students(systems: Systems) -> int:
    found = systems.warehouse.query(
        "select coalesce(max(id), 0) from raw_education.students where _dlt_load_id in "
        "(select load_id from raw_education._dlt_loads)"
    )
    return int(found[0][0])
