"""Rounds of work, landing and building, once or every so often until told to stop."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg2

from ingest.common.errors import IngestError
from ingest.common.paths import ROOT
from ingest.warehouse import builds

log = logging.getLogger(__name__)
Step = Callable[[], None]
DATA_ONLY = ("--exclude-resource-type", "unit_test")
OF_ALL_SOURCES = (
    "stg_warehouse__loads",
    "path:dbt_project/models/marts/warehouse",
    "path:dbt_project/models/exports",
)


def run_round(steps: Sequence[Step]) -> None:
    """Do every step, whether the one before failed or not; raises the last step's `IngestError`."""
    failed: Exception | None = None
    for step in steps:
        try:
            step()
        except (IngestError, OSError, psycopg2.OperationalError) as error:
            if failed is not None:
                print(f"error: {failed}", file=sys.stderr)
            failed = error
    if failed is not None:
        raise failed


def repeat(steps: Sequence[Step], seconds: float) -> None:
    """Begin a round every so many seconds until SIGINT or SIGTERM comes.

    A round that takes longer is followed by the next at once; one that fails tells why, and the
    next one tries again. The signal lets the step under way end and begins no other.
    """
    with until_stopped() as stop:
        while not stop.is_set():
            begin = time.monotonic()
            unless_stopped = [_unless(stop, step) for step in steps]
            try:
                run_round(unless_stopped)
            except (IngestError, OSError, psycopg2.OperationalError) as error:
                print(f"error: {' '.join(str(error).split())}", file=sys.stderr, flush=True)
            stop.wait(max(0.0, begin + seconds - time.monotonic()))
        print("stopped", flush=True)


def _unless(stop: threading.Event, step: Step) -> Step:
    def _step() -> None:
        if not stop.is_set():
            step()

    return _step


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """Yield an event that the first SIGINT or SIGTERM sets; the second one ends the process."""
    stop = threading.Event()
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def _stop(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for number in usual:
        signal.signal(number, _stop)
    try:
        yield stop
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


def dbt_build(sources: Sequence[str]) -> None:
    """Build what is new: all where the project changed, nothing where nothing is landed since.

    New data of one source builds its models, and those that unite all sources. Unit tests, which
    judge the SQL on rows of their own, are not repeated for new data. Raises `IngestError` where
    dbt reports a failure.
    """
    begin = time.monotonic()
    stale = builds.stale_sources(sources)
    if stale == []:
        print("nothing new to build", flush=True)
        return
    selected = [f"path:dbt_project/models/*/{source}" for source in stale or ()]
    done = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "dbt"), "--quiet", "build", *DATA_ONLY),
            *(("--select", *selected, *OF_ALL_SOURCES) if stale else ()),
        ],
        cwd=ROOT,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        check=False,
        start_new_session=True,  # Ctrl-C is for this process; a build under way is let finish
    )
    if done.returncode != 0:
        raise IngestError("dbt build failed; its log is logs/dbt.log")
    what = ", ".join(stale) if stale else "everything"
    print(f"built {what} in {time.monotonic() - begin:.1f} s", flush=True)
