"""The short form of `make soak`: a few kills over the five sources, and the books agree."""

import subprocess
import sys

import pytest

from ingest.common.paths import ROOT
from tests.soak.worlds import Census, Rows


def test_a_few_kills_lose_and_double_nothing() -> None:
    command = [sys.executable, "-m", "tests.soak", "0", "--kills", "3", "--seed", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    counts = dict(line.rsplit(": ", 1) for line in done.stdout.splitlines())
    assert int(counts["kills"]) >= 3
    assert {counts[name] for name in ("lost", "doubled", "failed plain runs")} == {"0"}


@pytest.mark.parametrize(("name", "count"), [("lost", 2), ("doubled", 1)])
def test_what_is_lost_or_doubled_is_found(
    name: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.soak import __main__ as soak
    from tests.soak.troubles import Tally

    class Shown:
        def __enter__(self) -> "Shown":
            return self

        def __exit__(self, *_: object) -> None: ...

        def close(self) -> None: ...

        def cursor(self) -> "Shown":
            return self

        def execute(self, query: str) -> None:
            assert query == Census.query

        def fetchall(self) -> list[tuple[str]]:
            return [("a",), ("a",), ("x",)] if name == "doubled" else [("a",)]

    class Books:
        query, settings = Census.query, dict[str, str]()
        books = Rows([("a",), ("a",)] if name == "doubled" else [("a",), ("b",), ("c",)])

        def grow(self, _chance: object) -> None: ...

    monkeypatch.setattr(soak.connect, "connect", lambda _role: Shown())
    tally = Tally()
    soak._compare("books", Books(), tally)
    assert tally[name] == count
