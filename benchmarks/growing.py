"""What a few new records cost on an empty warehouse and on top of many; and what none cost.

    python -m benchmarks.growing [census] [education] [--large N]

For each source and step the seconds of `ingest` and of `dbt build` with its tests, whole processes.
The few come in a file of their own (census) or at the end of the log (education).
"""

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.server import BIN, own_server, seconds
from ingest.common.paths import ROOT
from ingest.samples.education import generate
from ingest.samples.education_api import serve
from ingest.sources import prepare_all

PEOPLE, FEW_PEOPLE = 1_000_000, 100
LINES, FEW_LINES, STUDENTS = 2_000_000, 2_000, 20_000
ROUNDS = 3
LAYERS = ("staging", "intermediate", "marts", "exports")
TOWNS = ("Wick", "Kelso", "Dromore", "Hamilton")


class Upstream(NamedTuple):
    """A source to land: the command, and what adds records to its files."""

    land: Sequence[object]
    few: Callable[[], None]
    many: Callable[[int], None]


def main() -> None:
    """Print the seconds of each step, and the ratio of a few on many to a few on none."""
    chosen = [name for name in MADE if name in sys.argv] or list(MADE)
    large = int(sys.argv[sys.argv.index("--large") + 1]) if "--large" in sys.argv else None
    for source in chosen:
        made, many = MADE[source]
        on_none = _measure(source, made, None, ("a few on none",))
        steps = ("many", *["a few on many"] * ROUNDS, "nothing new")
        on_many = _measure(source, made, large or many, steps)
        middle = sorted(on_many[1:-1])[ROUNDS // 2]
        print(f"{source}: a few on many take {middle / on_none[0]:.2f} times as long", flush=True)


def _measure(
    source: str,
    made: Callable[[Path], AbstractContextManager[Upstream]],
    many: int | None,
    steps: Sequence[str],
) -> list[float]:
    """Return the seconds of each step, in a warehouse of its own whose models are set up."""
    layers = [f"path:dbt_project/models/{layer}/{source}" for layer in LAYERS]
    build = [BIN / "dbt", "--quiet", "build", "-s", "stg_warehouse__loads", *layers]
    taken = []
    with own_server() as folder, made(folder) as upstream:
        prepare_all()
        subprocess.run([str(BIN / "dbt"), "--quiet", "parse"], cwd=ROOT, check=True)
        for step in steps:
            if step == "many":
                upstream.many(many or 0)
            elif step != "nothing new":
                upstream.few()
            landed = seconds(BIN / "ingest", *upstream.land)
            built = seconds(*build)
            taken.append(landed + built)
            print(f"{source}: {step}: {landed:.1f} s ingest + {built:.1f} s build", flush=True)
    return taken


@contextmanager
def _census(folder: Path) -> Iterator[Upstream]:
    places, files = folder / "places.csv", folder / "people"
    places.write_text("city,county,country\n" + "".join(f"{town},County,Here\n" for town in TOWNS))
    files.mkdir()

    def write(count: int) -> None:
        number = len(list(files.iterdir()))
        with (files / f"{number}.csv").open("w") as file:
            file.write("given_name,family_name,date_of_birth,place_of_birth\n")
            for i in range(count):
                born = f"{1837 + i % 147}-{1 + i % 12:02}-{1 + i % 28:02}"
                file.write(f"Name{number} {i % 977},Family{i % 9973},{born},{TOWNS[i % 4]}\n")

    land = ("census", "--people", files / "*.csv", "--places", places)
    yield Upstream(land, lambda: write(FEW_PEOPLE), write)


@contextmanager
def _education(folder: Path) -> Iterator[Upstream]:
    list(generate(folder))
    log = folder / "new_runs.log"
    log.write_text("")
    with closing(sqlite3.connect(folder / "students.db")) as database, database:
        rows = [(f"Student {number}", 1 + number % 120) for number in range(STUDENTS)]
        insert = (
            "insert into students (name, batch_id, created_at) values (?, ?, '2026-01-01 09:00:00')"
        )
        database.executemany(insert, rows)

    def write(count: int) -> None:
        with log.open("a") as file:
            file.write(lines(count))

    with serve(lambda: []) as url:
        students = ("--students", folder / "students.db", "--batches-url", url)
        land = ("education", *students, "--test-runs", log)
        yield Upstream(land, lambda: write(FEW_LINES), write)


def lines(count: int) -> str:
    """Return lines of a log, the same for the same count."""
    chance = random.Random(count)
    return "".join(
        f'{{"result": "{chance.randint(0, 4)}/4", "student_id", {chance.randint(1, STUDENTS)}, '
        f'"lesson_id": {(lesson := chance.randint(1, 50))}, "lesson_title": "Lesson {lesson}"}}\n'
        for _ in range(count)
    )


MADE: dict[str, tuple[Callable[[Path], AbstractContextManager[Upstream]], int]] = {
    "census": (_census, PEOPLE),
    "education": (_education, LINES),
}


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
