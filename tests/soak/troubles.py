"""What goes wrong between two rounds, and how it is counted."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.common.paths import home
from ingest.sources import SOURCES
from ingest.warehouse import embedded
from tests.conftest import BIN, ROOT

ALL = ("ingest", "all", "--build")
BUILD = ("dbt", "--quiet", "build", "--exclude-resource-type", "unit_test")
PATIENCE = 600.0  # seconds for one command
Tally = Counter[str]


def begin(*command: str) -> "subprocess.Popen[str]":
    """Begin a command in a session of its own, so that it can be killed with its children."""
    return subprocess.Popen(
        [BIN / command[0], *command[1:]], cwd=ROOT, start_new_session=True, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def finish(process: "subprocess.Popen[str]") -> str:
    """Wait for a command and return what it said."""
    said, _ = process.communicate(timeout=PATIENCE)
    return str(said)


def plain(tally: Tally) -> None:
    """Run everything untroubled; it has to succeed at the first try.

    What does not at the second needs somebody to look at it.
    """
    tally["plain runs"] += 1
    for failed in ("failed plain runs", "human steps"):
        process = begin(*ALL)
        said = finish(process)
        if process.returncode == 0:
            return
        tally[failed] += 1
        print(said, flush=True)


def ingest_killed(chance: random.Random, tally: Tally) -> None:
    """Kill a run, and the build in it, at any moment."""
    _killed(begin(*ALL), chance.uniform(0.2, 12), tally)


def source_killed(chance: random.Random, tally: Tally) -> None:
    """Kill a run of one source at any moment."""
    _killed(begin("ingest", chance.choice(list(SOURCES))), chance.uniform(0.1, 2), tally)


def dbt_killed(chance: random.Random, tally: Tally) -> None:
    """Kill a build at any moment."""
    _killed(begin(*BUILD), chance.uniform(1, 14), tally)


def _killed(process: "subprocess.Popen[str]", after: float, tally: Tally) -> None:
    try:
        process.communicate(timeout=after)
        tally["ended before the kill"] += 1
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        tally["kills"] += 1


def server_killed(chance: random.Random, tally: Tally) -> None:
    """Kill the server under a run, which has to go on by itself; the build may fail with it."""
    process = begin(*ALL)
    time.sleep(chance.uniform(0.2, 8))
    server = embedded.running()
    if server and process.poll() is None:
        os.kill(server.pid, signal.SIGKILL)
        tally["kills"] += 1
        tally["kills of the server"] += 1
        finish(process)
        went_on = process.returncode == 0
        tally["runs that went on" if went_on else "runs that failed with it"] += 1
    else:
        finish(process)


def work_lost(_chance: random.Random, tally: Tally) -> None:
    """Lose what dlt keeps on disk between two runs."""
    for name in ("pipelines", "dlt"):
        shutil.rmtree(home() / name, ignore_errors=True)
    tally["work folders lost"] += 1


def two_at_once(_chance: random.Random, tally: Tally) -> None:
    """Run everything twice at the same time: one may tell that the other is under way."""
    for process in [begin(*ALL), begin(*ALL)]:
        said = finish(process)
        if process.returncode != 0 and "under way" not in said:
            tally["unclear ends of two at once"] += 1
            print(said, flush=True)
    tally["two at once"] += 1


def disk_filled(chance: random.Random, tally: Tally) -> None:
    """Fill the disk under a run, and make room again; only where there is a disk to fill."""
    if not os.path.ismount(home()):
        return
    ballast = home() / "ballast"
    free = shutil.disk_usage(home()).free
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free - chance.randrange(1 << 16, 8 << 20)))
    finish(begin(*ALL))
    ballast.unlink()
    tally["disks filled"] += 1


TROUBLES: list[tuple[Callable[[random.Random, Tally], None], int]] = [
    (source_killed, 80),
    (ingest_killed, 5),
    (dbt_killed, 5),
    (server_killed, 2),
    (work_lost, 1),
    (two_at_once, 1),
    (disk_filled, 1),
]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Let a folder be a disk of its own, where that may be done."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=3g,mode=700", "none", folder]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield
    finally:
        embedded.stop()
        if is_mounted:
            subprocess.run(["umount", "--lazy", folder], check=True)
