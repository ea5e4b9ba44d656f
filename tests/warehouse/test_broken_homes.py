"""A folder of the server that is lost, read-only, full or oddly named: told by its cause."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from ingest.common.errors import IngestError
from ingest.warehouse import connect, embedded
from tests.conftest import BIN, ROOT
from tests.warehouse.servers import ingest_db, own_server

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with own_server(tmp_path) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DATA", str(tmp_path / "data"))
        yield folder


@pytest.mark.parametrize("up", [True, False])
def test_lost_passwords_are_renewed_by_whoever_owns_the_data(home: Path, up: bool) -> None:
    embedded.start()
    before = connect.analyst_url()
    if not up:
        embedded.stop()
    (home / "pgpass").unlink()
    assert ingest_db("start")[0] == 0
    assert (home / "pgpass").stat().st_mode & 0o077 == 0
    assert ingest_db("status")[0] == 0
    psycopg2.connect(connect.analyst_url()).close()
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(before)


@pytest.mark.parametrize("name", ["it's", "two words", "back\\slash", "ü"])
def test_a_folder_may_have_an_odd_name(
    tmp_path: Path, name: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path / name / home.name))
    try:
        assert embedded.start()
    finally:
        embedded.stop()


@pytest.mark.parametrize("name", ['a "quoted" one', "$HOME", "`id`"])
def test_a_name_that_postgresql_cannot_take_is_told(
    tmp_path: Path, name: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path / name / home.name))
    with pytest.raises(IngestError, match="in its name; name another one by WAREHOUSE_HOME"):
        embedded.start()


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        embedded.stop()
        # Lazily: on a busy machine a process that ends may hold the folder for a moment more.
        subprocess.run(["umount", "--lazy", folder], check=True)


@root
def test_a_read_only_folder_is_named(home: Path) -> None:
    with mounted(home, "ro,size=1m"):
        code, told = ingest_db("start")
    assert (code, told) == (1, f"error: {home}/lock: Read-only file system")


PERSON = "Anna,Brown,1900-01-01,Wick\n"
ROWS = 600_000


@root
@pytest.mark.parametrize("whose", ["ours", "the server's"])
def test_a_full_disk_is_told_and_room_heals_it(home: Path, tmp_path: Path, whose: str) -> None:
    people, places = tmp_path / "people.csv", tmp_path / "places.csv"
    people.write_text("given_name,family_name,date_of_birth,place_of_birth\n" + PERSON * ROWS)
    places.write_text("city,county,country\nWick,Caithness,Scotland\n")
    command = [BIN / "ingest", "census", "--people", people, "--places", places]
    with mounted(home, "size=110m"):
        if whose == "the server's":
            (tmp_path / "pipelines").mkdir()
            (home / "pipelines").symlink_to(tmp_path / "pipelines")
        full = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert full.returncode == 1
        assert "full" in full.stderr.splitlines()[-1]
        assert "No space left on device" in full.stderr.splitlines()[-1]
        assert "unforeseen" not in full.stderr
        assert "Traceback" not in full.stderr
        assert len(full.stderr.splitlines()[-1]) < 400
        subprocess.run(["mount", "-o", "remount,size=1g", home], check=True)
        again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert again.returncode == 0, again.stderr
        with closing(connect.connect()) as warehouse, warehouse.cursor() as cursor:
            cursor.execute(
                "select count(*), count(distinct line) from raw_census.people where _dlt_load_id "
                "in (select load_id from raw_census._dlt_loads where status = 0)"
            )
            assert cursor.fetchall() == [(ROWS, ROWS)]
