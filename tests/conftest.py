"""Real parts for every test: an embedded PostgreSQL of its own, and a database for each test.

One server a test process, on a free port and in a temporary folder; each test that asks for
`warehouse` gets a database of its own, set up as the project sets up any.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ingest import database, destination
from ingest.paths import ROOT

UPSTREAM = ROOT.parent / "shared" / "upstream"
BIN = Path(sys.executable).parent
needs_upstream = pytest.mark.skipif(not UPSTREAM.exists(), reason="the captured data is not here")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_users_own() -> None:
    for name in (*destination.PG_VARIABLES, "PGPASSFILE", "PGOPTIONS"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server for this test process; yields the variables that lead to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("WAREHOUSE_PORT", str(free_port()))
        database.start()
        try:
            yield {
                "PGHOST": database.HOST,
                "PGPORT": database.port(),
                "PGUSER": database.OWNER,
                "PGPASSWORD": database.password(database.OWNER),
            }
        finally:
            database.stop()


class Warehouse:
    """A database of a test's own, and the project's commands run on it."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.env, self.folder = env, folder

    def query(self, sql: str, *values: Any, role: str | None = None) -> list[tuple[Any, ...]]:
        with (
            closing(destination.connect(role)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def run(self, program: str, *args: object, fails: bool = False, **env: str) -> str:
        """Run one of the project's programs; return what it printed, check how it ended."""
        done = subprocess.run(
            [str(BIN / program), *map(str, args)],
            cwd=ROOT,
            env={**os.environ, **env},
            text=True,
            capture_output=True,
            timeout=600,
            stdin=subprocess.DEVNULL,
        )
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, output[-4000:]
        assert "Traceback" not in output, output[-4000:]
        return output

    def ingest(self, *args: object, fails: bool = False, **env: str) -> str:
        return self.run("ingest", *args, fails=fails, **env)

    def kill(self, window: str, times: int, *args: object) -> None:
        """Run `ingest`, killed the `times`-th time that it comes to a window of `tests.kill`."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.kill", window, str(times), *map(str, args)],
            cwd=ROOT, capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]

    def build(self, *args: object) -> str:
        return self.run("dbt", "--quiet", "build", *args)


@pytest.fixture
def warehouse(
    server: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Warehouse]:
    name = f"test_{secrets.token_hex(6)}"
    folders = {
        "WAREHOUSE_HOME": tmp_path / "home",
        "WAREHOUSE_LOGS": tmp_path / "logs",
        "WAREHOUSE_DATA": tmp_path / "data",
        "DBT_TARGET_PATH": tmp_path / "target",
        "DBT_LOG_PATH": tmp_path / "logs",
    }
    env = {**server, "PGDATABASE": name, **{key: str(path) for key, path in folders.items()}}
    with closing(psycopg2.connect(**_libpq(server), dbname="postgres")) as admin:
        admin.autocommit = True
        admin.cursor().execute(f"create database {name}")
        for key, value in env.items():
            monkeypatch.setenv(key, value)
        yield Warehouse(env, tmp_path)
        admin.cursor().execute(f"drop database {name} with (force)")


def _libpq(server: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("PG").lower(): value for name, value in server.items()}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file into the test's folder."""

    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write
