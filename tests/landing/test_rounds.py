"""Rounds for months: they say what is new, once, and take no more memory than at first."""

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import BIN, ROOT, Warehouse

ROUNDS = int(os.environ.get("ROUNDS", "60"))  # as many more as one has time for
GROWTH = 8 << 10  # kilobytes, in however many rounds
PEOPLE = "given_name,family_name,date_of_birth,place_of_birth\nAna,Bo,1900-01-01,Wick\n"
PLACES = "city,county,country\nWick,Caithness,Scotland\n"


def runs(warehouse: Warehouse) -> int:
    ((count,),) = warehouse.query(
        "select count(*) from raw_ledger.runs where finished_at > 'epoch'"
    )
    return int(count)


def memory(process: "subprocess.Popen[str]") -> int:
    """Resident memory in kilobytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_quiet_rounds_are_quiet_and_memory_stays(
    warehouse: Warehouse, write: Callable[[str, str | bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = write("people.csv", PEOPLE)
    monkeypatch.setenv("SOURCES__CENSUS__PEOPLE", str(people))
    monkeypatch.setenv("SOURCES__CENSUS__PLACES", str(write("places.csv", PLACES)))
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [BIN / "ingest", "all", "--every", "0"], cwd=ROOT, stdout=pipe, stderr=pipe, text=True
    ) as rounds:
        try:
            _after(warehouse, 10)
            first = memory(rounds)
            _after(warehouse, ROUNDS)
            last = memory(rounds)
            people.rename(people.with_name("away.csv"))
            _after(warehouse, 5)
            people.with_name("away.csv").rename(people)
            _after(warehouse, 5)
        finally:
            rounds.send_signal(signal.SIGTERM)
            output, errors = rounds.communicate(timeout=60)
    assert last - first < GROWTH
    told = Counter(output.splitlines())
    assert told.pop(
        "census: nothing new (people.csv is landed already; places.csv is landed already)"
    )
    assert told.pop("stopped") == 1
    assert set(told.values()) == {1}  # what was landed; the four that are not configured
    assert [line for line in errors.splitlines() if "read" not in line.split(": ")[-1]] == [
        f"census: error: {people} cannot be read: No such file or directory",
        "error: not landed: census",
        "all is well again",
        "stopping after this step",
    ]
    outcomes = dict(warehouse.query("select outcome, count(*) from raw_ledger.runs group by 1"))
    assert outcomes["failed"] >= 5


def _after(warehouse: Warehouse, rounds: int) -> None:
    until, deadline = runs(warehouse) + rounds, time.monotonic() + 300 + 5 * rounds
    while runs(warehouse) < until:
        assert time.monotonic() < deadline
        time.sleep(0.05)
