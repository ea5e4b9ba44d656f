"""Education from its three systems to the marts, on the captured upstream data."""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import UPSTREAM, Warehouse, needs_upstream
from tests.education.platform import Systems

EDUCATION = UPSTREAM / "education"
PIECES = int(os.environ.get("EDUCATION_PIECES", "3"))  # 10 takes some minutes
DOMAIN = ("-s", "path:dbt_project/models/*/education")
SERVE = """
import json, sys
from ingest.samples.education_api import serve
batches = json.load(open(sys.argv[1]))
with serve(lambda: batches) as url:
    print(url, flush=True)
    sys.stdin.read()
"""

pytestmark = needs_upstream


@contextmanager
def captured_api(time_zone: str) -> Iterator[str]:
    """The captured batches, served by a process in a time zone of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(EDUCATION / "batches.json")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TZ": time_zone},
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        yield server.stdout.readline().strip()
        server.stdin.close()


def completion(warehouse: Warehouse) -> list[tuple[str, ...]]:
    rows = warehouse.query(
        "select batch_id, batch_name, students, students_completed_3_lessons "
        "from marts.batch_completion order by batch_id",
        role="analyst",
    )
    return [tuple(map(str, row)) for row in rows]


def expected() -> list[tuple[str, ...]]:
    with (EDUCATION / "expected_batch_completion.csv").open(newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def check_times(warehouse: Warehouse) -> None:
    captured = json.loads((EDUCATION / "batches.json").read_text())
    told = {batch["id"]: batch["created_at"] for batch in captured}
    published = dict(warehouse.query("select batch_id, created_at::text from marts.batches"))
    assert {number: f"{at}000000"[:26] for number, at in published.items()} == told


def test_the_captured_sample_fed_in_pieces(warehouse: Warehouse, tmp_path: Path) -> None:
    log = (EDUCATION / "test_runs.log").read_bytes()
    shutil.copy(EDUCATION / "students.db", tmp_path)
    cuts = sorted(random.Random(7).sample(range(len(log)), PIECES - 1))
    with captured_api("UTC") as url:
        systems = Systems(warehouse, tmp_path, url)
        flags = ("--students", systems.database, "--batches-url", url, "--test-runs", systems.log)
        for begin, end in zip([0, *cuts], [*cuts, len(log)], strict=True):
            with systems.log.open("ab") as file:
                file.write(log[begin:end])
            warehouse.ingest("education", *flags)
            warehouse.build(*DOMAIN)
    assert completion(warehouse) == expected()
    check_times(warehouse)
    assert warehouse.query("select count(*) from raw_education.log_lines") == [(7216,)]
    assert warehouse.query(
        "select array_agg(distinct completion_rank = 1) from marts.batch_completion "
        "where students_completed_3_lessons = "
        "(select max(students_completed_3_lessons) from marts.batch_completion)"
    ) == [([True],)]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns"])
def test_time_zones_change_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    with captured_api(zone) as url:
        flags = ("--students", EDUCATION / "students.db", "--batches-url", url)
        flags += ("--test-runs", EDUCATION / "test_runs.log")
        warehouse.ingest("education", *flags)
        warehouse.build(*DOMAIN)
        assert completion(warehouse) == expected()
        check_times(warehouse)
        assert "nothing new" in warehouse.ingest("education", *flags)
