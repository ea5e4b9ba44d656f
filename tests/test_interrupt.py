"""Ctrl-C in every command, at every moment: one line, exit status 130, nothing goes on."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.common.interrupt import LINE
from ingest.warehouse import connect
from tests.conftest import BIN, ROOT, Warehouse

ENOUGH = 20  # seconds after which a command that does not end is taken for one that goes on


def heed_ctrl_c() -> None:
    """Undo what a shell does to what it runs in the background, the tests themselves for one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def begin(command: Sequence[object], **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*map(str, command)], cwd=ROOT, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=heed_ctrl_c, **more,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C; return what was printed."""
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=ENOUGH)
    assert process.returncode == 130, output + errors
    assert errors.endswith(LINE)
    assert errors.count(LINE) == 1
    assert "Traceback" not in errors
    return output


AT = """
import os, signal, sys
from tests.kill import WINDOWS, at
from ingest import __main__, cli
at(WINDOWS.get(sys.argv[1], sys.argv[1]), 1, lambda: os.kill(os.getpid(), signal.SIGINT))
sys.argv = ["ingest", *sys.argv[2:]]
__main__.main()
"""

AT_THE_END = """
import os, signal
from ingest.common import interrupt
interrupt.watch()
os.kill(os.getpid(), signal.SIGINT)
"""

WHILE_LOADING = """
import os, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)
module = sys.argv.pop(1)
sys.meta_path.insert(0, Finder())
from ingest.__main__ import main
main()
"""


@pytest.mark.parametrize(
    "window",
    [
        "before ingest.sources:prepare",
        "while extracting",
        "before normalizing",
        "before a file is committed",
        "before the load is complete",
        "after the load is complete",
        "before ingest.landing.ledger:_close",
    ],
)
def test_a_run_is_stopped_wherever_it_is(warehouse: Warehouse, window: str) -> None:
    stopped = begin([sys.executable, "-c", AT, window, "all"])
    output, errors = stopped.communicate(timeout=60)
    assert stopped.returncode == 130, errors
    assert errors.endswith(LINE)
    assert "Traceback" not in errors
    assert output.count("landed") <= 1  # the next sources do not run
    warehouse.ingest("census")
    ((rows, lines),) = warehouse.query(
        "select count(*), count(distinct (origin_id, line)) from raw_census.people where "
        "_dlt_load_id in (select load_id from raw_census._dlt_loads where status = 0)"
    )
    assert rows == lines > 1900


@pytest.mark.usefixtures("warehouse")
@pytest.mark.parametrize("module", ["ingest.cli", "typer", "yaml", "psycopg2", "dlt"])
def test_while_it_starts(module: str) -> None:
    stopped = begin([sys.executable, "-c", WHILE_LOADING, module, "all"])
    output, errors = stopped.communicate(timeout=60)
    assert (stopped.returncode, output, errors.splitlines()[-1:]) == (130, "", [LINE.strip()])
    assert "Traceback" not in errors


def test_at_the_last_moment() -> None:
    for _ in range(5):
        process = begin([sys.executable, "-c", AT_THE_END])
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (130, LINE)


def test_while_a_query_waits(warehouse: Warehouse) -> None:
    with closing(connect.connect("loader")) as other, other.cursor() as cursor:
        cursor.execute("lock table raw_ledger.runs")
        process = begin([BIN / "ingest", "census"])
        _until_something_waits(warehouse)
        ended(process)


def test_rounds_and_the_build_in_them(warehouse: Warehouse) -> None:
    with closing(connect.connect("transformer")) as other, other.cursor() as cursor:
        cursor.execute("lock table raw_ledger.build_lock in exclusive mode")
        process = begin([BIN / "ingest", "all", "--every", "1", "--build"])
        _until_something_waits(warehouse)
        ended(process)
        assert not _processes_named(str(warehouse.folder))


@pytest.mark.usefixtures("warehouse")
def test_live_samples_close_their_books() -> None:
    process = begin([BIN / "ingest", "samples", "--live"])
    assert process.stdout
    while "batches: " not in process.stdout.readline():
        pass
    assert "stopped with" in ended(process)


@pytest.mark.usefixtures("warehouse")
def test_a_terminal_gets_its_cursor_back() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", AT, "before a file is committed", "census"], cwd=ROOT,
        env={**os.environ, "TERM": "xterm"}, stdin=theirs, stderr=theirs, stdout=theirs,
        preexec_fn=heed_ctrl_c,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:
            pass  # the end of a terminal
    assert process.returncode == 130
    assert shown.rindex(b"\x1b[?25h") > shown.rindex(b"\x1b[?25l")
    assert shown.decode().replace("\r", "").endswith(LINE)
    assert b"gracefully" not in shown


def test_with_errors_closed_they_are_told_on_the_output(warehouse: Warehouse) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{BIN / "ingest"}" census --people /nowhere --places /nowhere 2>&-'],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "error: /nowhere cannot be read" in done.stdout
    assert warehouse.query("select outcome from raw_ledger.runs") == [("failed",)]


def _until_something_waits(warehouse: Warehouse) -> None:
    until = time.monotonic() + 120
    waiting = "select count(*) from pg_locks where not granted"
    while warehouse.query(waiting) == [(0,)]:
        assert time.monotonic() < until
        time.sleep(0.05)


def _processes_named(folder: str) -> list[str]:
    """The processes whose environment tells that they belong to a test."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_text(errors="replace")
        except OSError:
            continue
        if folder in environment and int(process.name) != os.getpid():
            found.append((process / "cmdline").read_text().replace("\0", " "))
    return found
