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
from functools import partial
from pathlib import Path
from types import FrameType

from ingest.common import interrupt
from ingest.common.errors import IncompleteError, IngestError
from ingest.common.paths import ROOT
from ingest.common.telling import tell
from ingest.warehouse import builds, troubles

log = logging.getLogger(__name__)
Step = Callable[[], None]
DATA_ONLY = ("--exclude-resource-type", "unit_test")
OF_ALL_SOURCES = (
    "stg_warehouse__loads",
    "path:dbt_project/models/marts/warehouse",
    "path:dbt_project/models/exports",
)


def run_round(steps: Sequence[Step]) -> None:
    """Do every step, whether the one before failed or not.

    Raises `IngestError` with all causes, `IncompleteError` where nothing is worse than that.
    """
    failed: list[Exception] = []
    for step in steps:
        try:
            step()
        except Exception as error:
            failed.append(error)
    if failed:
        nothing_worse = all(isinstance(error, IncompleteError) for error in failed)
        kind = IncompleteError if nothing_worse else IngestError
        raise kind("; ".join(troubles.told(error) for error in failed))


def repeat(steps: Sequence[Step], seconds: float) -> None:
    """Begin a round every so many seconds until SIGTERM or Ctrl-C comes.

    A round that takes longer is followed by the next at once; one that fails tells why, once while
    nothing changes, and the next one tries again. SIGTERM lets the step under way end and begins
    no other.
    """
    fails = False
    with until_stopped() as stop:
        while not stop.is_set():
            begin = time.monotonic()
            unless_stopped = [_unless(stop, step) for step in steps]
            try:
                run_round(unless_stopped)
            except IngestError as error:
                fails = True
                tell(f"{error.said_as}: {error}", "rounds", error=True)
            else:
                if fails:
                    tell("all is well again", "rounds", error=True)
                fails = False
            stop.wait(max(0.0, begin + seconds - time.monotonic()))
    print("stopped", flush=True)


def _unless(stop: threading.Event, step: Step) -> Step:
    def _step() -> None:
        if not stop.is_set():
            step()

    return _step


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM sets; a second one ends the process.

    Ctrl-C sets it too, and ends the process after a moment in which to close.
    """
    stop, closed = threading.Event(), threading.Event()
    usual = signal.getsignal(signal.SIGTERM)

    def _stop(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(128 + signal.SIGTERM)
        stop.set()
        os.write(2, b"stopping after this step\n")

    def _close() -> None:
        stop.set()
        closed.wait(interrupt.SECONDS)

    signal.signal(signal.SIGTERM, _stop)
    try:
        with interrupt.before_leaving(_close):
            try:
                yield stop
            finally:
                closed.set()
    finally:
        signal.signal(signal.SIGTERM, usual)


def dbt_build(sources: Sequence[str]) -> None:
    """Build what is new: all where the project changed, nothing where nothing is landed since.

    New data of one source builds its models, and those that unite all sources. Unit tests, which
    judge the SQL on rows of their own, are not repeated for new data. Raises `IngestError` where
    dbt reports a failure.
    """
    begin = time.monotonic()
    stale = builds.stale_sources(sources)
    if stale == []:
        tell("nothing new to build", "build")
        return
    selected = [f"path:dbt_project/models/*/{source}" for source in stale or ()]
    command = [
        *(str(Path(sys.executable).parent / "dbt"), "--quiet", "build", *DATA_ONLY),
        *(("--select", *selected, *OF_ALL_SOURCES) if stale else ()),
    ]
    # In a session of its own: SIGTERM is for this process, and a build under way is let finish.
    with (
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True
        ) as dbt,
        interrupt.before_leaving(partial(_kill, dbt)),
    ):
        status = dbt.wait()
    if status != 0:
        raise IngestError("dbt build failed; its log is logs/dbt.log")
    what = ", ".join(stale) if stale else "everything"
    tell(f"built {what} in {time.monotonic() - begin:.1f} s", "build")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
