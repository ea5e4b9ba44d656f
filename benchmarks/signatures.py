"""Lands and builds 5,000, then 20,000 generated signature files of some 300 points each.

Whole processes: `ingest signatures`, then `dbt build` of the signature models with their tests;
both again where nothing changed; both again with 100 files more.
"""

import random
from pathlib import Path

from benchmarks.server import BIN, execute, own_server, seconds
from ingest.samples.signatures import lines, source_b, strokes

SIZES = (5_000, 20_000)
POINTS = 300  # of each file, and one more that makes its content the only one of its kind
MORE = 100
SAMPLES = 25  # of each signee; the first five are forged
DRAWN = 200  # ways of the pen to choose from
MODELS = ("stg_warehouse__loads", "path:dbt_project/models/*/signatures")
BUILD = (BIN / "dbt", "--quiet", "build", "--select", *MODELS)
PUBLISHED = """
select count(*), sum(point_count) from marts.signatures where source = 'SOURCE_A'
"""


def main() -> None:
    """Print files and points a second; some minutes, and 2 GB of disk."""
    for size in SIZES:
        with own_server() as folder:
            _measure(folder, size)


def _measure(folder: Path, size: int) -> None:
    rng = random.Random(size)
    drawn = [lines(strokes(rng, POINTS)) for _ in range(DRAWN)]
    source_a, source_b_ = folder / "SOURCE_A", folder / "SOURCE_B"
    land = (BIN / "ingest", "signatures", "--source-a", source_a, "--source-b", source_b_)
    source_b(source_b_, rng)
    _write(source_a, range(size), drawn)
    seconds(BIN / "ingest", "db", "start")
    landed, built = seconds(*land), seconds(*BUILD)
    points = _check(size)
    print(f"{size:,} files, {points:,} points")
    print(f"  landed in {landed:.1f} s: {size / landed:,.0f} files a second")
    print(f"  built and tested in {built:.1f} s: {points / built:,.0f} points a second", flush=True)
    print(f"  nothing new: {seconds(*land):.1f} s and {seconds(*BUILD):.1f} s", flush=True)
    _write(source_a, range(size, size + MORE), drawn)
    print(f"  {MORE} files more: {seconds(*land):.1f} s and {seconds(*BUILD):.1f} s", flush=True)
    _check(size + MORE)


def _write(folder: Path, numbers: range, drawn: list[bytes]) -> None:
    for role in ("Genuine", "Forgeries"):
        (folder / "Online" / role).mkdir(parents=True, exist_ok=True)
    for number in numbers:
        signee, sample = number // SAMPLES + 1, number % SAMPLES
        name = f"Forgeries/0001{signee:03}" if sample < 5 else f"Genuine/{signee:03}"
        content = drawn[number % DRAWN] + f"\n{number},0,0".encode()
        (folder / "Online" / f"{name}_{sample}.HWR").write_bytes(content)


def _check(size: int) -> int:
    ((files, points),) = execute(PUBLISHED)
    if (files, points) != (size, size * (POINTS + 1)):
        raise RuntimeError(f"{files:,} of {size:,} files were published: this measured nothing")
    return int(points)
