"""The embedded server's login owns its database and may make roles, and no more than that."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from ingest.sources import prepare_all
from ingest.warehouse import cluster, connect, embedded, programs
from tests.warehouse.servers import ingest_db, own_server

BEYOND = {
    "read a file of the machine": "select pg_read_file('/etc/hostname')",
    "copy from one": "copy raw_ledger.runs (source) from '/etc/hostname'",
    "copy to one": "copy (select 1) to '/tmp/of the warehouse'",
    "run a program": "copy (select 1) to program 'true'",
    "read all that is said": "select pg_read_binary_file('postgresql.conf')",
    "become the superuser": "set role postgres",
    "make a superuser": "create role another superuser",
    "read passwords": "select rolpassword from pg_authid",
    "load a library": "load 'auto_explain'",
    "change a setting of the server": "alter system set work_mem = '1MB'",
    "make a database": "create database another",
}
OWNED_BY_THE_SUPERUSER = """
select relname from pg_class where relowner = 10 and oid >= 16384 and relkind in ('r', 'v')
union all select nspname from pg_namespace where nspowner = 10 and oid >= 16384
union all select datname from pg_database where datdba = 10 and datname = current_database()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with own_server(tmp_path) as folder:
        yield folder


def check_that_it_owns_no_more(role: str | None) -> None:
    for what, attempt in BEYOND.items():
        with closing(connect.connect(role)) as session, session.cursor() as cursor:
            session.autocommit = True
            if role:
                cursor.execute("set role none")
            with pytest.raises(psycopg2.Error) as refused:
                cursor.execute(attempt)
            assert isinstance(refused.value, psycopg2.errors.InsufficientPrivilege), what


@pytest.mark.usefixtures("home")
def test_the_login_reaches_nothing_beyond_its_database() -> None:
    prepare_all()
    for role in (None, "transformer"):
        check_that_it_owns_no_more(role)
    to = connect.parameters()
    for login in ({"user": "postgres"}, {"user": "postgres", "password": to["password"]}):
        with pytest.raises(psycopg2.OperationalError, match="pg_hba"):
            psycopg2.connect(**{**to, **login})


def test_an_older_home_whose_login_was_the_superuser_becomes_one_of_today(home: Path) -> None:
    _make_an_older_home(home)
    prepare_all()
    with closing(connect.connect()) as session, session, session.cursor() as cursor:
        cursor.execute("insert into raw_ledger.runs (source) values ('census')")
        cursor.execute("create schema own create table notes (x int)")
        cursor.execute(OWNED_BY_THE_SUPERUSER)
        assert {"notes", "own", "builds", "warehouse"} <= {name for (name,) in cursor.fetchall()}
    embedded.stop()
    (home / "data" / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
    assert ingest_db("start")[0] == 0
    check_that_it_owns_no_more(None)
    with closing(connect.connect()) as session, session.cursor() as cursor:
        cursor.execute("insert into own.notes values (1)")
        cursor.execute(OWNED_BY_THE_SUPERUSER)
        assert cursor.fetchall() == []
        cursor.execute("select count(*) from raw_ledger.runs")
        assert cursor.fetchall() == [(1,)]
    prepare_all()
    psycopg2.connect(connect.analyst_url()).close()


def _make_an_older_home(home: Path) -> None:
    """Make and start a server as the project once did: its login is the superuser."""
    home.mkdir()
    words, pwfile, fresh = embedded._make_passwords(), home / "password", home / "fresh"
    pwfile.write_text(words["warehouse"])
    fresh.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(fresh, "nobody")
    auth = ("--auth=scram-sha-256", f"--pwfile={pwfile}")
    done = programs.run_program("initdb", "-U", "warehouse", *auth, folder=fresh)
    assert done.returncode == 0, done.stdout
    (fresh / "pg_hba.conf").write_text(cluster.WHO_IS_LET_IN)  # as if it were one of today
    with (fresh / "postgresql.conf").open("a") as conf:
        conf.write(cluster.SETTINGS)
    fresh.rename(home / "data")
    embedded.start()
    server = psycopg2.connect(**{**connect.parameters(), "dbname": "postgres"})
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute("create database warehouse")
