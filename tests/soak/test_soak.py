"""The short form of `make soak`: a few kills over the five sources, and the books agree."""

import subprocess
import sys

from ingest.common.paths import ROOT
from tests.soak.__main__ import compare
from tests.soak.troubles import Tally
from tests.soak.worlds import Rows


def test_a_few_kills_lose_and_double_nothing() -> None:
    command = [sys.executable, "-m", "tests.soak", "0", "--kills", "3", "--seed", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    counts = dict(line.rsplit(": ", 1) for line in done.stdout.splitlines())
    assert int(counts["kills"]) >= 3
    assert {counts[name] for name in ("lost", "doubled", "failed plain runs", "human steps")} == {
        "0"
    }


def test_what_is_lost_or_doubled_is_found() -> None:
    tally = Tally()
    compare("books", Rows([("a",), ("b",), ("b",)]), Rows([("a",), ("a",), ("x",)]), tally)
    assert tally == {"lost": 2, "doubled": 2}
