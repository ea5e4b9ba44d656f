"""`ingest origins`, `forget` and `prune`: what people see, mistakes, kills, two at once."""

import os
import pty
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ingest.landing.ledger import open_run
from ingest.landing.progress import Progress
from ingest.warehouse import connect
from tests.conftest import BIN, ROOT, Warehouse

Write = Callable[[str, str | bytes], Path]
COUNTS = "select origin, counts, because from marts.origins where source = 'census' order by 1"


@pytest.fixture
def landed(warehouse: Warehouse, write: Write) -> tuple[Path, Path]:
    header = "given_name,family_name,date_of_birth,place_of_birth\n"
    rows = "".join(f"Name{i},Family,1900-01-01,Wick\n" for i in range(1000))
    people = write("people.csv", header + rows)
    places = write("places.csv", "city,county,country\nWick,Caithness,Scotland\n")
    warehouse.ingest("census", "--people", people, "--places", places)
    return people, places


def test_a_relative_path_is_known_and_analysts_see_what_counts(
    warehouse: Warehouse, landed: tuple[Path, Path]
) -> None:
    people, places = landed
    said = warehouse.ingest("origins")
    assert f"{people}" in said.replace("\n", "")
    assert "counts" in said
    relative = os.path.relpath(people, ROOT)
    assert "counts no more" in warehouse.ingest("forget", "census", relative, "--yes")
    assert "was forgotten" in warehouse.ingest("origins")
    warehouse.build("-s", "+origins")
    assert warehouse.query(COUNTS, role="analyst") == [
        (str(people), False, "was forgotten"),
        (str(places), True, None),
    ]
    outcomes = warehouse.query("select outcome, rows_landed from raw_ledger.runs order by run_id")
    assert outcomes == [("loaded", 1003), ("forgotten", 0)]


def test_mistakes_are_one_line(warehouse: Warehouse, landed: tuple[Path, Path]) -> None:
    people, _ = landed
    for words, message in (
        (("forget", "sensus", people, "--yes"), "there is no source sensus; there are census, "),
        (("forget", "census", f"{people}x", "--yes"), f"from {people}x; did you mean {people}?"),
        (("forget", "census", "/else", "--yes"), "from /else; `ingest origins` lists what is"),
        (("forget", "census", people), "give --yes where nobody can be asked"),
    ):
        said = warehouse.ingest(*words, fails=True)
        assert message in said
        assert said.count("\n") == 1
    warehouse.ingest("forget", "census", people, "--yes")
    again = warehouse.ingest("forget", "census", people, "--yes", fails=True)
    assert f"census: {people} counts no more already" in again


def test_a_terminal_is_asked(warehouse: Warehouse, landed: tuple[Path, Path]) -> None:
    for answer, forgotten in ((b"n\n", False), (b"y\n", True)):
        ours, theirs = pty.openpty()
        command = [BIN / "ingest", "forget", "census", landed[0]]
        with subprocess.Popen(command, cwd=ROOT, stdin=theirs) as asked:
            os.write(ours, answer)
        assert (asked.returncode == 0) == forgotten
        gone = warehouse.query("select count(*) from raw_census.origins where not counts")
        assert gone == [(int(forgotten),)]


@pytest.mark.parametrize(
    "window",
    ["before loading", "between a file's commit and its marker", "after the load is complete"],
)
def test_a_killed_forget_is_completed_by_the_next_run(
    warehouse: Warehouse, landed: tuple[Path, Path], window: str
) -> None:
    people, places = landed
    forget = ("forget", "census", people, "--yes")
    warehouse.kill(window, 1, *forget)
    assert "counts no more already" in warehouse.ingest(*forget, fails=True)
    warehouse.build("-s", "+origins", "+people", without=["test"])
    assert warehouse.query(COUNTS) == [
        (str(people), False, "was forgotten"),
        (str(places), True, None),
    ]
    assert warehouse.query("select count(*) from marts.people") == [(0,)]
    assert warehouse.query("select count(*) from raw_census.origins where not counts") == [(1,)]
    warehouse.ingest("census", "--people", people, "--places", places)
    assert warehouse.query("select count(*) from raw_census.people") == [(1000,)]


def test_a_killed_prune_is_as_if_it_had_never_begun(
    warehouse: Warehouse, landed: tuple[Path, Path]
) -> None:
    people, _ = landed
    warehouse.ingest("forget", "census", people, "--yes")
    assert "census: 0 rows, 0 bytes freed" in warehouse.ingest("prune")
    window = "before ingest.landing.prune:_filled"
    warehouse.kill(window, 3, "prune", "--keep", 0)
    assert warehouse.query("select count(*) from raw_census.people") == [(1000,)]
    assert "census: 1,001 rows, " in warehouse.ingest("prune", "--keep", 0)
    assert "census: 0 rows, 0 bytes freed" in warehouse.ingest("prune", "--keep", 0)
    assert warehouse.query("select count(*) from raw_census.people") == [(0,)]


def test_versions_that_were_replaced_go_and_nothing_else(
    warehouse: Warehouse, landed: tuple[Path, Path]
) -> None:
    people, places = landed
    names = ("census", "--people", people, "--places", places)
    for _ in range(4):
        people.write_text(people.read_text() + "One,More,1900-01-01,Wick\n")
        warehouse.ingest(*names)
    held = "select count(*) from raw_census.people"
    assert warehouse.query(held) == [(1000 + 1001 + 1002 + 1003 + 1004,)]
    published = "select * from marts.people order by 1"
    warehouse.build("-s", "+people")
    before = warehouse.query(published)
    assert "census: 0 rows" in warehouse.ingest("prune"), "what was replaced lately is kept"
    assert "census: 4,010 rows, " in warehouse.ingest("prune", "--keep", 0)
    assert warehouse.query(held) == [(1004,)]
    warehouse.build("-s", "+people")
    assert warehouse.query(published) == before
    assert "census: nothing new" in warehouse.ingest(*names)


def test_prune_waits_for_no_run(warehouse: Warehouse) -> None:
    warehouse.ingest("db", "start")
    with open_run("census", Progress("census")):
        assert "another run of census" in warehouse.ingest("prune", fails=True)
    with closing(connect.connect()) as there, there.cursor() as cursor:
        cursor.execute("select outcome from raw_ledger.runs order by run_id")
        assert cursor.fetchall() == [("nothing new",)]
