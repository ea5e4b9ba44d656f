"""What it costs to retire a small origin beside a large one, and to let it count again.

    python -m benchmarks.retiring [census] [education] [classification]

For each source, the seconds of the command and of the build after it: where nothing is new, where
the small origin is forgotten and named again, and, to compare, where the large one is forgotten.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.growing import lines
from benchmarks.server import BIN, own_server, seconds
from ingest.common.paths import ROOT
from ingest.samples.classification import picture
from ingest.samples.classifier import standing_in
from ingest.samples.education import generate
from ingest.samples.education_api import serve
from ingest.sources import prepare_all

LARGE, SMALL = 300_000, 100  # people, and lines of a log
IMAGES, FEW_IMAGES = 1_000, 30
FOLDERS = ("staging", "intermediate", "marts")

Command = Sequence[object]
Origins = tuple[Command, Path, Path]  # the command that lands both, the small one, the large one


def main() -> None:
    """Print the seconds of each step."""
    for source, made in MADE.items():
        if source in (sys.argv[1:] or MADE):
            with own_server() as folder:
                prepare_all()
                with made(folder) as (land, small, large):
                    _measure(source, land, small, large)


def _measure(source: str, land: Command, small: Path, large: Path) -> None:
    steps: dict[str, Command] = {
        "both are landed": land,
        "nothing is new": land,
        "the small one is forgotten": ("forget", source, small, "--yes"),
        "it is named again": land,
        "the large one is forgotten": ("forget", source, large, "--yes"),
    }
    for title, command in steps.items():
        ingest = seconds(BIN / "ingest", *command)
        build, models = _build(source)
        print(
            f"{source}: {title}: {ingest:.1f} s ingest + {build:.1f} s build, "
            f"{models:.2f} s of it in models",
            flush=True,
        )


def _build(source: str) -> tuple[float, float]:
    """Return how long the whole process took, and its models alone, in seconds."""
    models = [f"path:dbt_project/models/{folder}/{source}" for folder in FOLDERS]
    command = [str(BIN / "dbt"), "--quiet", "run", "-s", "stg_warehouse__loads", *models]
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True)
    whole = time.perf_counter() - begin
    told = json.loads((Path(os.environ["DBT_TARGET_PATH"]) / "run_results.json").read_text())
    return whole, sum(result["execution_time"] for result in told["results"])


@contextmanager
def _census(folder: Path) -> Iterator[Origins]:
    places = folder / "places.csv"
    places.write_text("city,county,country\nWick,County,Country\n")
    files = []
    for name, count in (("small", SMALL), ("large", LARGE)):
        files.append(folder / f"{name}.csv")
        with files[-1].open("w") as file:
            file.write("given_name,family_name,date_of_birth,place_of_birth\n")
            for i in range(count):
                born = f"{1837 + i % 147}-{1 + i % 12:02}-{1 + i % 28:02}"
                file.write(f"{name} {i},Family{i % 9973},{born},Wick\n")
    small, large = files
    people = ("--people", small, "--people", large)
    yield ("census", *people, "--places", places, "--allow-shrink"), small, large


@contextmanager
def _education(folder: Path) -> Iterator[Origins]:
    """A database of some hundred students is small beside its log."""
    with serve(lambda: []) as url:
        list(generate(folder))
        students, log = folder / "students.db", folder / "new_runs.log"
        log.write_text(lines(LARGE))
        flags = ("--students", students, "--batches-url", url, "--test-runs", log)
        yield ("education", *flags), students, log


@contextmanager
def _classification(folder: Path) -> Iterator[Origins]:
    broker, chance = f"filesystem://{folder / 'broker'}", random.Random(1)
    folders = []
    for name, count in (("small", FEW_IMAGES), ("large", IMAGES)):
        folders.append(folder / name)
        folders[-1].mkdir()
        for number in range(count):
            (folders[-1] / f"{number}.png").write_bytes(picture(chance, side=16))
    small, large = folders
    with standing_in(broker, "to_ai", "from_ai"):
        flags = ("--broker", broker)
        seconds(BIN / "ingest", "classification", "--images", large, *flags)
        yield ("classification", "--images", small, *flags), small, large


MADE: dict[str, Callable[[Path], AbstractContextManager[Origins]]] = {
    "census": _census,
    "education": _education,
    "classification": _classification,
}


if __name__ == "__main__":
    main()
