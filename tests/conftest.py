"""Real parts for every test: an embedded PostgreSQL of its own, and a database for each test.

One server a test process, on a free port and in a temporary folder; each test that asks for
`warehouse` gets a database of its own: a copy of one that the project set up.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ingest.common.paths import ROOT
from ingest.sources import prepare_all
from ingest.warehouse import cluster, connect, embedded
from tests import commands

UPSTREAM = ROOT.parent / "shared" / "upstream"
BIN = Path(sys.executable).parent
TEMPLATE, NAME = "template", "test"  # databases of the server of a test process
ADMINISTRATOR = "administrator"  # a superuser, which the project itself never is
# A copy has the rights on everything in a database, but not those on the database itself.
COPY_RIGHTS = """
update pg_database set datacl = (select datacl from pg_database where datname = %s)
where datname = %s
"""
needs_upstream = pytest.mark.skipif(not UPSTREAM.exists(), reason="the captured data is not here")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_users_own() -> None:
    for name in (*connect.PG_VARIABLES, "PGPASSFILE", "PGOPTIONS", "WAREHOUSE_ROLE_PREFIX"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server for this test process; yields the variables that lead to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("WAREHOUSE_PORT", str(free_port()))
        embedded.start()
        embedded.stop()
        administrator = f"create role {ADMINISTRATOR} superuser login password '{ADMINISTRATOR}'"
        cluster.alone(embedded.home() / "data", "postgres", administrator)
        embedded.start()
        try:
            yield {
                "PGHOST": embedded.HOST,
                "PGPORT": embedded.port(),
                "PGUSER": embedded.OWNER,
                "PGPASSWORD": embedded.password(embedded.OWNER),
            }
        finally:
            embedded.stop()


@pytest.fixture(scope="session")
def template(server: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set a database up once, for tests to start from; yields a folder for what else they share."""
    folder = tmp_path_factory.mktemp("template")
    with administrator(server) as admin, pytest.MonkeyPatch.context() as patch:
        admin.execute(f"create database {TEMPLATE} owner {embedded.OWNER}")
        for name, value in {**server, "PGDATABASE": TEMPLATE, "WAREHOUSE_HOME": folder}.items():
            patch.setenv(name, str(value))
        prepare_all()
    return folder


class Warehouse:
    """A database of a test's own, and the project's commands run on it."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.env, self.folder = env, folder

    def query(self, sql: str, *values: Any, role: str | None = None) -> list[tuple[Any, ...]]:
        with (
            closing(connect.connect(role)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def run(self, program: str, *args: object, fails: bool = False, **env: str) -> str:
        """Run one of the project's programs; return what it printed, check how it ended."""
        output, status = commands.run(program, [*map(str, args)], {**os.environ, **env})
        assert (status != 0) == fails, output[-4000:]
        assert "Traceback" not in output, output[-4000:]
        return output

    def status(self, program: str, *args: object, **env: str) -> tuple[str, int]:
        """Run one of the project's programs; return what it printed, and its exit status."""
        return commands.run(program, [*map(str, args)], {**os.environ, **env})

    def ingest(self, *args: object, fails: bool = False, **env: str) -> str:
        return self.run("ingest", *args, fails=fails, **env)

    def kill(self, window: str, times: int, *args: object) -> None:
        """Run `ingest`, killed the `times`-th time that it comes to a window of `tests.kill`."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.kill", window, str(times), *map(str, args)],
            cwd=ROOT, capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]

    def build(self, *args: object, without: Sequence[str] = (), fails: bool = False) -> str:
        """Build and test, from what is landed now, some models ("-s") or all.

        The unit tests, which see no data, have a test of their own.
        """
        for flag in {"-s", "--select"} & set(args):
            after = args.index(flag) + 1
            args = (*args[:after], "stg_warehouse__loads", *args[after:])
        omitted = ("--exclude-resource-type", "unit_test", *without)
        return self.run("dbt", "--quiet", "build", "--threads", 2, *args, *omitted, fails=fails)


@pytest.fixture
def warehouse(
    server: dict[str, str], template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Warehouse]:
    folders = {
        "WAREHOUSE_HOME": tmp_path / "home",
        "WAREHOUSE_LOGS": tmp_path / "logs",
        "WAREHOUSE_DATA": tmp_path / "data",
        "DBT_TARGET_PATH": tmp_path / "target",
        "DBT_LOG_PATH": tmp_path / "logs",
    }
    # One name for all: dbt parses the project anew for another database.
    env = {**server, "PGDATABASE": NAME, **{key: str(path) for key, path in folders.items()}}
    parsed = Path("partial_parse.msgpack")
    with copied(server):
        for key, value in env.items():
            monkeypatch.setenv(key, value)
        if (template / parsed).exists():
            folders["DBT_TARGET_PATH"].mkdir()
            shutil.copy(template / parsed, folders["DBT_TARGET_PATH"])
        yield Warehouse(env, tmp_path)
        if (folders["DBT_TARGET_PATH"] / parsed).exists():
            shutil.copy(folders["DBT_TARGET_PATH"] / parsed, template)


@pytest.fixture
def fresh(
    warehouse: Warehouse, server: dict[str, str]
) -> Callable[[], AbstractContextManager[Warehouse]]:
    """Put a warehouse with nothing in it in the place of the test's own, and that one back."""

    @contextmanager
    def _fresh() -> Iterator[Warehouse]:
        home = Path(warehouse.env["WAREHOUSE_HOME"])
        aside = home.with_name("home of the other")
        with administrator(server) as admin:
            admin.execute(f"alter database {NAME} rename to aside")
            if home.exists():
                home.rename(aside)
            try:
                with copied(server):
                    yield warehouse
            finally:
                shutil.rmtree(home, ignore_errors=True)
                if aside.exists():
                    aside.rename(home)
                admin.execute(f"alter database aside rename to {NAME}")

    return _fresh


@contextmanager
def copied(server: dict[str, str]) -> Iterator[None]:
    """Make the database of a test from the one that was set up; drop it at the end."""
    with administrator(server) as admin:
        admin.execute(f"create database {NAME} template {TEMPLATE} owner {embedded.OWNER}")
        admin.execute(COPY_RIGHTS, [TEMPLATE, NAME])
        try:
            yield
        finally:
            admin.execute(f"drop database {NAME} with (force)")


@contextmanager
def administrator(
    server: dict[str, str], database: str = "postgres"
) -> Iterator[psycopg2.extensions.cursor]:
    login = {"user": ADMINISTRATOR, "password": ADMINISTRATOR}
    where = {"host": server["PGHOST"], "port": server["PGPORT"], "dbname": database}
    with closing(psycopg2.connect(**where, **login)) as connection:
        connection.autocommit = True
        yield connection.cursor()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file into the test's folder."""

    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write
