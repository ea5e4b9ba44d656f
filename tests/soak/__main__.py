"""Trouble for the warehouse, and a comparison with the upstream's own books at the end.

    python -m tests.soak [SECONDS] [--kills N] [--seed N]

Ends after so many seconds, or so many kills, whichever is later; prints what happened. Exit status
0 only where nothing was lost or doubled and no plain run failed.
"""

import argparse
import random
import sys
import time
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.warehouse import connect
from tests.soak.troubles import TROUBLES, Tally, plain, small_disk
from tests.soak.worlds import Rows, Signatures, World, register, worlds
from tests.warehouse.servers import own_server

PLAIN_EVERY = 48  # troubles
BAD = ("lost", "doubled", "failed plain runs", "unclear ends of two at once")
ALWAYS = ("kills", *BAD, "human steps")


def soak(seconds: float, kills: int, seed: int) -> Tally:
    """Let things go wrong; return how often what happened."""
    chance, tally = random.Random(seed), Tally()
    with TemporaryDirectory() as made, own_server(Path(made)) as home:
        folder = Path(made)
        folder.chmod(0o755)
        with small_disk(home), worlds(folder) as systems:
            end = time.monotonic() + seconds
            for world in systems.values():
                world.grow(chance)
            plain(tally)
            for number in count(1):
                if time.monotonic() >= end and tally["kills"] >= kills:
                    break
                _one_trouble(systems, chance, tally)
                if number % PLAIN_EVERY == 0:
                    plain(tally)
            plain(tally)
            for name, world in systems.items():
                compare(name, world.books, _shown(world), tally)
    return tally


def _one_trouble(systems: dict[str, World], chance: random.Random, tally: Tally) -> None:
    for world in systems.values():
        if chance.random() < 0.6:
            world.grow(chance)
        if isinstance(world, Signatures) and chance.random() < 0.6:
            register(world)
    deeds, weights = zip(*TROUBLES, strict=True)
    (deed,) = chance.choices(deeds, weights)
    deed(chance, tally)
    told = ", ".join(f"{count:,} {name}" for name, count in sorted(tally.items()))
    print(f"{deed.__name__}: {told}", file=sys.stderr, flush=True)


def _shown(world: World) -> Rows:
    with closing(connect.connect("analyst")) as reader, reader.cursor() as cursor:
        cursor.execute(world.query)
        return Rows(cursor.fetchall())


def compare(name: str, books: Rows, shown: Rows, tally: Tally) -> None:
    """Count the rows of the books that are not shown, and those shown that are not in the books."""
    lost, doubled = books - shown, shown - books
    tally["lost"] += lost.total()
    tally["doubled"] += doubled.total()
    for what, rows in (("lost", lost), ("doubled", doubled)):
        for row in list(rows)[:5]:
            print(f"{name}: {what}: {row}", flush=True)
    print(f"{name}: {(shown & books).total():,} rows as upstream's own books tell", flush=True)


def main() -> None:
    """Print a line for each thing that was counted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", type=float, nargs="?", default=60.0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    tally = soak(given.seconds, given.kills, given.seed)
    for name in sorted({*tally, *ALWAYS}):
        print(f"{name}: {tally[name]:,}")
    sys.exit(any(tally[name] for name in BAD))


if __name__ == "__main__":
    main()
