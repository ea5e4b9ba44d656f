"""Who gets to see a password, and what happens to commands after a crash of the server."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psycopg2
import pytest

from ingest.warehouse import connect, embedded, programs
from tests.conftest import BIN, ROOT
from tests.warehouse.servers import kill_server, own_server

ASK_IN_CLEAR_TEXT = b"R\x00\x00\x00\x08\x00\x00\x00\x03"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with own_server(tmp_path) as folder:
        embedded.start()
        yield folder


def by_psql() -> None:
    done = subprocess.run(
        [programs.binary("psql"), connect.url("loader"), "-c", "select 1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    raise OSError(done.stderr)


def by_adbc() -> None:
    from adbc_driver_postgresql import dbapi

    dbapi.connect(connect.url("analyst"))


def by_url() -> None:
    psycopg2.connect(connect.url("loader"))  # as dlt does


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("client", [connect.connect, by_psql, by_adbc, by_url])
def test_whoever_asks_for_the_password_in_clear_text_does_not_get_it(
    client: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []

    def listen(listener: socket.socket) -> None:
        caller, _ = listener.accept()
        with caller:
            while said := caller.recv(4096):
                heard.append(said)
                if said.startswith(b"p"):  # a password: enough
                    break
                caller.sendall(b"N" if said.endswith(b"\x04\xd2\x16\x2f") else ASK_IN_CLEAR_TEXT)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        stranger = Thread(target=listen, args=[listener], daemon=True)
        stranger.start()
        monkeypatch.setattr(embedded, "port", lambda: str(listener.getsockname()[1]))
        monkeypatch.setattr(embedded, "PATIENCE", 0)  # a password given away is seen at once
        with pytest.raises(Exception, match=r"SCRAM|scram|cleartext"):
            client()
        stranger.join(30)
    assert heard
    assert embedded.password("warehouse").encode() not in b"".join(heard)


@pytest.mark.usefixtures("home")
def test_psql_has_no_password_on_its_command_line() -> None:
    psql = subprocess.Popen(
        [BIN / "ingest", "db", "psql"], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert psql.stdin
    assert psql.stdout
    try:
        psql.stdin.write("select 'I am ' || current_user;\n")
        psql.stdin.flush()
        while "I am analyst" not in (line := psql.stdout.readline()):
            assert line, "psql ended"
        shown = Path("/proc", str(psql.pid), "cmdline").read_bytes()
        environment = Path("/proc", str(psql.pid), "environ").read_bytes()
        assert b"psql" in shown
        for user in ("analyst", "warehouse"):
            assert embedded.password(user).encode() not in shown + environment
    finally:
        psql.kill()
        psql.communicate()


@pytest.mark.usefixtures("home")
def test_commands_at_once_after_a_crash_of_the_server_all_work() -> None:
    connect.connect().close()
    killed = kill_server()
    ask = "from ingest.warehouse import connect; connect.connect().close()"
    all_at_once = [
        subprocess.Popen([BIN / "python", "-c", ask], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(10)
    ]
    told = [process.communicate(timeout=120)[1].decode() for process in all_at_once]
    assert told == [""] * 10
    assert (server := embedded.running())
    assert server.pid != killed


@pytest.mark.usefixtures("home")
def test_while_the_server_recovers_by_itself_a_connection_is_waited_for() -> None:
    # A process of the server dies: it closes every session, and takes none for a while.
    for _ in range(3):
        doomed = connect.connect()
        os.kill(doomed.info.backend_pid, signal.SIGKILL)
        for _ in range(5):
            connect.connect().close()


@pytest.mark.usefixtures("home")
def test_a_server_that_recovers_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    # PostgreSQL that is told to stop in the midst of it hangs for ever
    monkeypatch.setattr(embedded, "PATIENCE", 12)
    for _ in range(3):
        embedded.start()
        doomed = connect.connect()
        os.kill(doomed.info.backend_pid, signal.SIGKILL)
        assert embedded.stop()
