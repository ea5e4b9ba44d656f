"""A PostgreSQL of one's own: logins that are no superusers, libpq's defaults, versions."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from pwd import getpwuid
from typing import Any

import psycopg2
import pytest

from ingest.common.errors import IngestError
from ingest.landing.ledger import open_run
from ingest.landing.progress import Progress
from ingest.signatures import NewXYZSignature, register_signatures
from ingest.sources import prepare_all
from ingest.warehouse import connect, programs
from tests.conftest import ROOT, Warehouse, free_port

MANUAL = (ROOT / "docs" / "own-postgresql.md").read_text()
BY_LOGIN, BY_ADMINISTRATOR, _, WRITE_NOTHING = re.findall(r"```sql\n(.*?)```", MANUAL, re.DOTALL)
OLDER = sorted(Path("/usr/lib/postgresql").glob("1[0-5]/bin"))


@contextmanager
def second_server(folder: Path, binaries: Path) -> Iterator[dict[str, str]]:
    """A server that the project did not make; yields its administrator's variables."""
    user = programs._as_nobody()
    folder.mkdir()
    if user:
        os.chown(folder, 65534, 65534)
    (folder.parent / "password").write_text("admin")
    port, data = str(free_port()), folder / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "admin", "-A", "scram-sha-256"]
    run = {"check": True, "stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*user, *initdb, f"--pwfile={folder.parent / 'password'}"], **run)
    options = f"-p {port} -c unix_socket_directories= -c listen_addresses=127.0.0.1 -c fsync=off"
    start = ["-w", "-l", folder / "log", "-o", options, "start"]
    subprocess.run([*user, binaries / "pg_ctl", "-D", data, *start], **run)
    try:
        yield {"PGHOST": "127.0.0.1", "PGPORT": port, "PGUSER": "admin", "PGPASSWORD": "admin"}
    finally:
        subprocess.run([*user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    binaries = Path(programs.binary("initdb")).parent
    with second_server(tmp_path_factory.mktemp("another") / "server", binaries) as server:
        yield server


@pytest.fixture
def own(another: dict[str, str], tmp_path: Path) -> Iterator["Own"]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("WAREHOUSE_HOME", "WAREHOUSE_LOGS", "WAREHOUSE_DATA"):
            patch.setenv(name, str(tmp_path / name))
        for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
            patch.setenv(name, str(tmp_path / "dbt"))
        server = Own(another, patch)
        yield server
        server.forget()


class Own:
    def __init__(self, server: dict[str, str], patch: pytest.MonkeyPatch) -> None:
        self.server, self.patch = server, patch

    def administer(self, *statements: str, database: str = "postgres") -> None:
        login = {name.removeprefix("PG").lower(): value for name, value in self.server.items()}
        with closing(psycopg2.connect(**login, dbname=database)) as admin:
            admin.autocommit = True
            for statement in statements:
                admin.cursor().execute(statement)

    def prepare(self, manual: str, *extra: str) -> None:
        statements = manual.replace("'...'", "'secret'").split(";")
        self.administer(*(one for one in statements if one.strip()), *extra)
        self.log_in("maker", "secret", PGDATABASE="warehouse")

    def log_in(self, user: str, password: str, **more: str) -> None:
        for name, value in {**self.server, "PGUSER": user, "PGPASSWORD": password, **more}.items():
            self.patch.setenv(name, value)

    def forget(self) -> None:
        for prefix in ("", "lab_"):
            self.administer(f"drop database if exists {prefix}warehouse with (force)")
            for role in ("analyst", "transformer", "loader", "maker"):
                self.administer(f"drop role if exists {prefix}{role}")


def ask(sql: str, role: str | None = None) -> list[tuple[Any, ...]]:
    with closing(connect.connect(role)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.parametrize("manual", [BY_LOGIN, BY_ADMINISTRATOR], ids=["by login", "by admin"])
def test_the_statements_of_the_manual_are_enough(own: Own, manual: str, tmp_path: Path) -> None:
    own.prepare(manual)
    assert ask("select rolsuper from pg_roles where rolname = current_user") == [(False,)]
    warehouse = Warehouse({}, tmp_path)
    assert "rows landed" in warehouse.ingest("census")
    warehouse.build("--select", "+country_summary")
    ((countries,),) = ask("select count(*) from marts.country_summary", "analyst")
    assert countries == 3


def test_two_warehouses_share_a_server_by_a_prefix(own: Own, tmp_path: Path) -> None:
    for maker, prefix in (("maker", ""), ("lab_maker", "lab_")):
        own.prepare(BY_LOGIN.replace("maker", maker).replace("warehouse", f"{prefix}warehouse"))
        own.log_in(maker, "secret", PGDATABASE=f"{prefix}warehouse", WAREHOUSE_ROLE_PREFIX=prefix)
        warehouse = Warehouse({}, tmp_path)
        assert "rows landed" in warehouse.ingest("census")
        warehouse.build("--select", "+country_summary")
        assert ask("select count(*) from marts.country_summary", "analyst") == [(3,)]
        shown = warehouse.ingest("db", "psql", "-tAXc", "select current_user")
        assert shown == f"{prefix}analyst\n"
    assert ask("select pg_has_role('lab_maker', 'loader', 'member')") == [(False,)]
    own.log_in("maker", "secret", PGDATABASE="lab_warehouse", WAREHOUSE_ROLE_PREFIX="")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask("select count(*) from marts.country_summary", "analyst")


@pytest.mark.parametrize("prefix", ["Lab_", "1_", "a-b", "x" * 41, 'a"; drop role loader; --'])
def test_a_prefix_that_is_no_name_is_told(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_ROLE_PREFIX", prefix)
    with pytest.raises(IngestError, match="WAREHOUSE_ROLE_PREFIX: up to 40 of a-z"):
        connect.connect("loader")


def test_the_embedded_server_knows_no_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in connect.PG_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAREHOUSE_ROLE_PREFIX", "lab_")
    with pytest.raises(IngestError, match="for a server of your own, named by PGHOST"):
        connect.parameters()


@pytest.mark.parametrize("sql", ["select lo_create(0)", "select pg_advisory_lock(1)"])
def test_an_administrator_can_see_to_it_that_analysts_write_nothing(own: Own, sql: str) -> None:
    own.prepare(BY_LOGIN)
    prepare_all()
    ask(sql, "analyst")
    own.administer(WRITE_NOTHING, database="warehouse")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(sql, "analyst")
    ask(sql, "loader")


def test_an_analyst_holds_up_no_run_and_no_registration(own: Own) -> None:
    own.prepare(BY_LOGIN)
    prepare_all()
    with closing(connect.connect("analyst")) as analyst, analyst.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext('ingest'), hashtext('census'))")
        cursor.execute("select pg_advisory_lock(hashtext('register_signatures'), hashtext('key'))")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("lock table raw_ledger.run_lock_census in access share mode")
        with open_run("census", Progress("census")):  # noqa: SIM117 - one within the other
            with (
                pytest.raises(IngestError, match="under way"),
                open_run("census", Progress("census")),
            ):
                pass
        assert register_signatures([NewXYZSignature([(1, 2, 3)])], "key").is_new


def test_a_login_with_too_few_rights_is_led_to_the_statements(own: Own) -> None:
    own.prepare(BY_LOGIN, "alter role maker nocreaterole")
    with pytest.raises(IngestError, match=r"to create role: .*own-postgresql\.md has the state"):
        prepare_all()


def test_roles_that_another_login_made_are_told(own: Own) -> None:
    own.prepare(BY_LOGIN, "create role loader")
    with pytest.raises(IngestError, match=r'"loader".*: .*own-postgresql\.md has the state'):
        prepare_all()


@pytest.mark.usefixtures("own")
def test_what_is_not_set_has_the_defaults_of_libpq(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in connect.PG_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGHOST", "db.example")
    me = getpwuid(os.geteuid()).pw_name
    assert connect.parameters() == {
        "host": "db.example", "port": "5432", "user": me, "password": "", "dbname": me,
    }  # fmt: skip
    monkeypatch.setenv("PGUSER", "somebody")
    assert connect.parameters()["dbname"] == "somebody"


def test_dbt_has_them_as_well(own: Own, tmp_path: Path) -> None:
    own.prepare(BY_LOGIN, "alter database warehouse rename to maker")
    own.patch.delenv("PGDATABASE")
    Warehouse({}, tmp_path).build("--select", "+stg_census__places")
    own.administer("alter database maker rename to warehouse")


@pytest.mark.skipif(not OLDER, reason="no older PostgreSQL is installed here")
def test_an_older_server_is_refused_before_anything_is_made(own: Own, tmp_path: Path) -> None:
    with second_server(tmp_path / "older", OLDER[0]) as server:
        older = Own(server, own.patch)
        older.log_in("admin", "admin", PGDATABASE="postgres")
        with pytest.raises(IngestError, match=r"is PostgreSQL 1\d: .* needs 16 or newer"):
            prepare_all()
        assert ask("select count(*) from pg_roles where rolname = 'loader'") == [(0,)]
