"""`make clean` removes what the project made, and nothing of the user's."""

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.warehouse import embedded
from tests.conftest import BIN, ROOT, free_port

CENSUS = "given_name,family_name,date_of_birth,place_of_birth\nAna,Good,1900-01-01,Wick\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folders of the test's own, and an embedded server that begins in them."""
    for name in ("home", "logs", "data"):
        monkeypatch.setenv(f"WAREHOUSE_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("WAREHOUSE_PORT", str(free_port()))
    yield tmp_path
    embedded.stop()


def ingest(*words: object, fails: bool = False) -> str:
    done = subprocess.run(
        [BIN / "ingest", *map(str, words)], cwd=ROOT, capture_output=True, text=True,
        timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def make_clean(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "clean", *words], cwd=ROOT, capture_output=True, text=True,
        timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def test_samples_and_server_go_and_the_users_files_stay(here: Path) -> None:
    ingest("census")
    mine = [here / "data" / "census" / "people.csv", here / "home" / "notes.txt"]
    for path in mine:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    (here / "target").mkdir()
    (here / "target" / "manifest.json").write_text(
        '{"nodes": {"x": {"schema": "exports", "alias": "x", "config": {"meta": '
        '{"export": {"file": "x.csv", "order_by": "1"}}}}}}'
    )
    for name in ("x.csv", ".x.csv.half", "y.csv"):
        (here / "data" / name).write_text("written")
    assert make_clean().returncode == 0
    left = sorted(str(p.relative_to(here)) for p in here.rglob("*") if p.is_file())
    assert left == ["data/census/people.csv", "data/y.csv", "home/notes.txt"]
    assert make_clean().returncode == 0
    assert not embedded.running()


def test_own_data_is_not_removed_unasked(here: Path) -> None:
    people, places = here / "people.csv", here / "places.csv"
    people.write_text(CENSUS)
    places.write_text("city,county,country\nWick,Caithness,Scotland\n")
    ingest("census", "--people", people, "--places", places)
    refused = make_clean()
    assert refused.returncode != 0
    assert "the warehouse holds own data: census; FORCE=1 removes it all the same" in refused.stderr
    ingest("forget", "census", people, "--yes")
    ingest("forget", "census", places, "--yes")
    assert make_clean().returncode != 0, "what was forgotten can be had back"
    for answer, goes in ((b"n\n", False), (b"y\n", True)):
        ours, theirs = pty.openpty()
        with subprocess.Popen(["make", "clean"], cwd=ROOT, stdin=theirs) as asked:
            os.write(ours, answer)
        assert (asked.returncode == 0) == goes
        assert (here / "home" / "data").exists() != goes
    assert people.exists()


def test_force_removes_all(here: Path) -> None:
    people, places = here / "people.csv", here / "places.csv"
    people.write_text(CENSUS)
    places.write_text("city,county,country\nWick,Caithness,Scotland\n")
    ingest("census", "--people", people, "--places", places)
    assert make_clean("FORCE=1").returncode == 0
    assert not (here / "home").exists()
