"""The server is proven by its process: whatever else a pid file names is left alone."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from ingest.warehouse import connect, embedded, postmaster
from tests.conftest import Warehouse, free_port
from tests.warehouse.servers import ingest_db, kill_server, own_server

Foreign = Callable[[Path], subprocess.Popen[bytes]]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with own_server(tmp_path) as folder:
        yield folder


def stranger(_: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "600"])


def stranger_in_the_folder(data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "600"], cwd=data)


def stranger_of_the_same_name(data: Path) -> subprocess.Popen[bytes]:
    # Somebody else's server: it says so itself, and works elsewhere.
    return subprocess.Popen(
        ["postgres", "-c", "import time; time.sleep(600)", "-D", str(data / "base")],
        executable=sys.executable, cwd="/",
    )  # fmt: skip


def zombie(_: Path) -> subprocess.Popen[bytes]:
    ended = subprocess.Popen(["true"])
    while Path("/proc", str(ended.pid), "stat").read_text().split(") ")[1][0] != "Z":
        time.sleep(0.01)
    return ended


def write_pid(data: Path, pid: object) -> None:
    lines = (data / "postmaster.pid").read_text().splitlines(keepends=True)
    (data / "postmaster.pid").write_text(f"{pid}\n{''.join(lines[1:])}")


@contextmanager
def crashed(home: Path, foreign: Foreign) -> Iterator[subprocess.Popen[bytes]]:
    """A server that was killed, and whose number is another process's by now."""
    embedded.start()
    kill_server()
    process = foreign(home / "data")
    try:
        write_pid(home / "data", process.pid)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    "foreign", [stranger, stranger_in_the_folder, stranger_of_the_same_name, zombie]
)
def test_a_number_that_is_another_process_now_is_stale(home: Path, foreign: Foreign) -> None:
    with crashed(home, foreign) as process:
        assert embedded.running() is None
        assert not embedded.stop()
        assert embedded.start()  # mended
        assert (server := embedded.running())
        assert server.pid != process.pid
        assert embedded.stop()
        if foreign is not zombie:
            assert process.poll() is None  # nobody signalled it


def test_commands_tell_that_a_crashed_server_is_not_running(home: Path) -> None:
    with crashed(home, stranger) as process:
        code, told = ingest_db("status")
        assert (code, told.split(";")[0]) == (3, "the embedded server is not running")
        assert ingest_db("stop") == (0, "was not running")
        assert ingest_db("start")[0] == 0
        assert process.poll() is None


@pytest.mark.parametrize("content", ["", "\n", "nonsense\n/\n", "12\n"])
def test_a_broken_pid_file_is_mended(home: Path, content: str) -> None:
    embedded.start()
    kill_server()
    (home / "data" / "postmaster.pid").write_text(content)
    assert embedded.start()
    assert ingest_db("status")[0] == 0


def test_a_copied_folder_does_not_reach_the_server_of_the_original(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.start()
    original = embedded.running()
    with monkeypatch.context() as patch:
        subprocess.run(["cp", "-a", home, tmp_path / "copy"], check=True)
        patch.setenv("WAREHOUSE_HOME", str(tmp_path / "copy"))
        assert ingest_db("stop") == (0, "was not running")
        patch.setenv("WAREHOUSE_PORT", str(free_port()))
        assert embedded.start()  # two servers, each on its own folder
        assert embedded.stop()
    assert embedded.running() == original


def test_a_process_that_may_not_be_looked_at_is_known_by_its_command(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.start()
    server = embedded.running()
    assert server
    # As root in a container: other users' command lines may be read, their folders not.
    process = tmp_path / "proc" / str(server.pid)
    process.mkdir(parents=True)
    (tmp_path / "proc" / "self").mkdir()
    (process / "cmdline").symlink_to(f"/proc/{server.pid}/cmdline")
    monkeypatch.setattr(postmaster, "PROC", tmp_path / "proc")
    assert postmaster.find(home / "data") == server
    shutil.rmtree(tmp_path / "proc" / "self")  # no /proc at all: ps tells
    assert postmaster.find(home / "data") == server
    write_pid(home / "data", subprocess.Popen(["true"]).pid)
    assert postmaster.find(home / "data") is None
    write_pid(home / "data", server.pid)  # or nothing could stop it


def test_the_port_that_it_runs_on_is_used_and_said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "listens on" in ingest_db("start")[1]
    port, other = embedded.port(), str(free_port())
    monkeypatch.setenv("WAREHOUSE_PORT", other)
    monkeypatch.setenv("WAREHOUSE_DATA", str(tmp_path / "data"))
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
        monkeypatch.setenv(name, str(tmp_path / "dbt"))
    code, told = ingest_db("status")
    assert code == 0
    assert f" on 127.0.0.1:{port} since " in told
    code, told = ingest_db("start")
    assert f"runs on port {port}, which is used; WAREHOUSE_PORT={other} serves once" in told
    assert f"listens on 127.0.0.1:{port}" in told
    Warehouse({}, home).build("-s", "+stg_census__places")  # dbt as well
    assert embedded.port() == port
    assert ingest_db("stop") == (0, "stopped")
    assert embedded.port() == other


def test_status_tells_what_it_has_asked_the_server(home: Path) -> None:
    ingest_db("start")
    with closing(connect.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("show server_version_num")
        ((number,),) = cursor.fetchall()
        code, told = ingest_db("status")
        assert code == 0
        assert told.startswith(f"embedded PostgreSQL {int(number) // 10000}.")
        assert "database warehouse of " in told
    (home / "pgpass").write_text("127.0.0.1:*:*:warehouse:wrong\n127.0.0.1:*:*:analyst:wrong\n")
    code, told = ingest_db("status")
    assert code == 1
    assert "password authentication failed" in told
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(**connect.parameters())
