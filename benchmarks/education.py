"""What a thousand new lines of the log cost, on an empty warehouse and on top of a million.

python -m benchmarks.education [--lines N]
"""

import random
import subprocess
import sys
import time
from contextlib import closing

import psycopg2

from benchmarks.server import BIN, own_server
from ingest.common.paths import ROOT
from ingest.samples.education import STUDENTS, generate
from ingest.samples.education_api import serve
from ingest.sources import prepare_all
from ingest.warehouse import connect

LOADED, NEW = 1_000_000, 1_000
ROUNDS = 3
FOLDERS = ("staging", "intermediate", "marts")
MODELS = [f"path:dbt_project/models/{folder}/education" for folder in FOLDERS]


def main() -> None:
    """Print the seconds of ingest and build, and the ratio of the two states' medians."""
    loaded = int(sys.argv[sys.argv.index("--lines") + 1]) if "--lines" in sys.argv else LOADED
    with own_server() as sample, serve(lambda: []) as url:
        list(generate(sample))
        log = sample / "new_runs.log"
        flags = ["--students", sample / "students.db", "--batches-url", url, "--test-runs", log]
        empty = []
        for _ in range(ROUNDS):
            _empty_warehouse()
            log.unlink(missing_ok=True)
            log.write_text(lines(NEW))
            empty.append(_ingest_and_build(f"{NEW:,} lines onto an empty warehouse", flags))
        with log.open("a") as file:
            file.write(lines(loaded))
        _ingest_and_build(f"{loaded:,} lines more", flags)
        full = []
        for _ in range(ROUNDS):
            with log.open("a") as file:
                file.write(lines(NEW))
            full.append(_ingest_and_build(f"{NEW:,} lines on top of {loaded:,}", flags))
    ratio = sorted(full)[ROUNDS // 2] / sorted(empty)[ROUNDS // 2]
    print(f"on top of {loaded:,} lines, {NEW:,} new ones take {ratio:.2f} times as long")


def lines(count: int) -> str:
    """Return lines of a log, the same for the same count."""
    chance = random.Random(count)
    return "".join(
        f'{{"result": "{chance.randint(0, 4)}/4", "student_id", {chance.randint(1, STUDENTS)}, '
        f'"lesson_id": {(lesson := chance.randint(1, 50))}, "lesson_title": "Lesson {lesson}"}}\n'
        for _ in range(count)
    )


def _empty_warehouse() -> None:
    """Make the database anew; its tables are set up, as by any earlier command."""
    to = connect.parameters()
    with closing(psycopg2.connect(**{**to, "dbname": "postgres"})) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"drop database if exists {to['dbname']} with (force)")
            cursor.execute(f"create database {to['dbname']}")
    prepare_all()
    # dbt has read the project, as after any earlier build.
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
