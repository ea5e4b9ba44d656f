"""What a thousand new lines of the log cost, on an empty warehouse and on top of a million.

python -m benchmarks.education [--lines N]
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg2

from ingest import destination
from ingest.paths import ROOT
from ingest.samples.education import STUDENTS, generate
from ingest.samples.education_api import serve

LOADED, NEW = 1_000_000, 1_000
ROUNDS = 3
BIN = Path(sys.executable).parent
FOLDERS = ("staging", "intermediate", "marts")
MODELS = [f"path:dbt_project/models/{folder}/education" for folder in FOLDERS]


def main() -> None:
    """Print the seconds of ingest and build, and the ratio of the two states' medians."""
    loaded = int(sys.argv[sys.argv.index("--lines") + 1]) if "--lines" in sys.argv else LOADED
    with tempfile.TemporaryDirectory() as folder, serve(lambda: []) as url:
        sample = Path(folder)
        list(generate(sample))
        log = sample / "new_runs.log"
        flags = ["--students", sample / "students.db", "--batches-url", url, "--test-runs", log]
        empty = []
        for _ in range(ROUNDS):
            _empty_warehouse(sample)
            log.unlink(missing_ok=True)
            log.write_text(_lines(NEW))
            empty.append(_ingest_and_build(f"{NEW:,} lines onto an empty warehouse", flags))
        with log.open("a") as file:
            file.write(_lines(loaded))
        _ingest_and_build(f"{loaded:,} lines more", flags)
        full = []
        for _ in range(ROUNDS):
            with log.open("a") as file:
                file.write(_lines(NEW))
            full.append(_ingest_and_build(f"{NEW:,} lines on top of {loaded:,}", flags))
    ratio = sorted(full)[ROUNDS // 2] / sorted(empty)[ROUNDS // 2]
    print(f"on top of {loaded:,} lines, {NEW:,} new ones take {ratio:.2f} times as long")


def _lines(count: int) -> str:
    chance = random.Random(count)
    return "".join(
        f'{{"result": "{chance.randint(0, 4)}/4", "student_id", {chance.randint(1, STUDENTS)}, '
        f'"lesson_id": {(lesson := chance.randint(1, 50))}, "lesson_title": "Lesson {lesson}"}}\n'
        for _ in range(count)
    )


def _empty_warehouse(folder: Path) -> None:
    """Make a database of its own, and point every command that follows at it."""
    to = destination.parameters()
    with closing(psycopg2.connect(**{**to, "dbname": "postgres"})) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute("drop database if exists benchmark_education with (force)")
            cursor.execute("create database benchmark_education")
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    os.environ.update({variable: to[name] for variable, name in names.items()})
    os.environ["PGDATABASE"] = "benchmark_education"
    os.environ["DBT_TARGET_PATH"] = str(folder / "target")
    os.environ["WAREHOUSE_LOGS"] = str(folder / "logs")
    # The tables are set up, as by any earlier command, and dbt has read the project.
    subprocess.run([str(BIN / "ingest"), "db", "start"], check=True, capture_output=True)
    subprocess.run([str(BIN / "dbt"), "--quiet", "parse"], cwd=ROOT, check=True)


def _ingest_and_build(title: str, flags: list[object]) -> float:
    ingest = [str(BIN / "ingest"), "education", *map(str, flags)]
    begin = time.monotonic()
    subprocess.run(ingest, check=True, capture_output=True)
    landed = time.monotonic()
    subprocess.run([str(BIN / "dbt"), "--quiet", "build", "-s", *MODELS], cwd=ROOT, check=True)
    end = time.monotonic()
    print(f"{title}: {landed - begin:.1f} s ingest + {end - landed:.1f} s build", flush=True)
    return end - begin


if __name__ == "__main__":
    main()
