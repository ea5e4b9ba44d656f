"""The server goes away in the midst of a run: the run goes on, or its cause is told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.warehouse import connect, embedded
from tests.conftest import BIN, ROOT
from tests.kill import WINDOWS
from tests.warehouse.servers import kill_server, own_server


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with own_server(tmp_path) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DATA", str(tmp_path / "data"))
        yield folder


def ask(query: str) -> list[tuple[Any, ...]]:
    with closing(connect.connect()) as warehouse, warehouse.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


COUNTED = """
select count(*), count(distinct (origin_id, line)) from raw_census.people
where _dlt_load_id in (select load_id from raw_census._dlt_loads where status = 0)
"""


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("window", [*WINDOWS, "before ingest.landing.ledger:_close"])
def test_a_run_whose_server_is_killed_goes_on_by_itself(window: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kill", window, "1", "census"], cwd=ROOT,
        env={**os.environ, "KILL": "server"}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if "census: the conn" in line]
    assert len(told) == 1, done.stderr
    assert "the connection to the warehouse was lost" in told[0]
    assert "unforeseen" not in done.stderr
    ((rows, lines),) = ask(COUNTED)
    assert rows == lines > 1900
    outcomes = [outcome for (outcome,) in ask("select outcome from raw_ledger.runs order by 1")]
    assert outcomes[0] in ("failed", "interrupted")
    assert outcomes[1:] in (["loaded"], ["nothing new"])


@pytest.mark.usefixtures("home")
def test_rounds_survive_their_server() -> None:
    command = [BIN / "ingest", "all", "--every", "0.1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as rounds:
        for _ in range(2):
            runs = _runs()
            kill_server()
            _wait_for_runs(runs + 5)
        rounds.send_signal(signal.SIGTERM)
        output, errors = rounds.communicate(timeout=120)
    assert rounds.returncode == 0, errors
    assert output.endswith("stopped\n")
    assert "unforeseen" not in errors
    assert ask("select count(*) from raw_ledger.runs where outcome = 'running'") == [(0,)]


def _runs() -> int:
    embedded.start()
    ((there,),) = ask("select to_regclass('raw_ledger.runs') is not null")
    return int(ask("select count(*) from raw_ledger.runs")[0][0]) if there else 0


def _wait_for_runs(number: int) -> None:
    until = time.monotonic() + 120
    while _runs() < number:
        assert time.monotonic() < until
        time.sleep(0.1)
