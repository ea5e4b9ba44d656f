"""Who may go on: a key is one call's at a time, and few calls at a time are connected.

    alone(key)  -> one call of this machine; the others wait, and hold nothing of the server
    transaction -> a connection of ours, one of at most 16; or the caller's own, behind a savepoint
    in_turn     -> a step in a transaction, again and again while what it needs is another's

Locks that are held without a connection are locks on files: a process that dies lets go of them.
See docs/decisions/0008.
"""

import fcntl
import hashlib
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psycopg2
from psycopg2 import extensions

from ingest.common.errors import IngestError
from ingest.common.paths import home
from ingest.signatures.tables import RAW_SCHEMA
from ingest.warehouse import connect, roles
from ingest.warehouse.raw_schemas import prepare

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection
    from psycopg2.extensions import cursor as Cursor

CONNECTIONS = 16  # of all processes of this machine together
PATIENCE = 600.0  # seconds that a call waits for others
LONGEST_PAUSE = 0.1
LOCK_TIMEOUT = "5s"  # for tables that somebody holds: then the connection is given back

Begin = Callable[[], AbstractContextManager["Cursor"]]
Answer = TypeVar("Answer")


class Busy(Exception):
    """What a step needs is held by another call or run, so it is tried again."""


@contextmanager
def alone(key: str) -> Iterator[None]:
    """Hold a key against other calls of this machine; raises `IngestError` after ten minutes."""
    name = hashlib.sha256(key.encode()).hexdigest()
    with _held([_folder() / f"key-{name}"], f"idempotence key {key!r} is another call's"):
        yield


@contextmanager
def own() -> Iterator["Cursor"]:
    """Begin a transaction on a connection of ours; it commits at the end."""
    slots = [_folder() / f"connection-{number}" for number in range(CONNECTIONS)]
    with _held(slots, "all connections for registrations are in use"):
        prepare(RAW_SCHEMA)
        with (
            closing(connect.connect("loader")) as warehouse,
            warehouse,
            warehouse.cursor() as cursor,
        ):
            cursor.execute("select set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            yield cursor


def within(connection: "Connection") -> Begin:
    """Return what goes on in the caller's transaction, and undoes only its own where it fails.

    Raises `IngestError` where the connection cannot serve.
    """
    if not isinstance(connection, extensions.connection) or connection.closed:
        raise IngestError("connection must be an open connection of psycopg2")
    idle = connection.info.transaction_status == extensions.TRANSACTION_STATUS_IDLE
    if connection.autocommit and idle:
        raise IngestError("connection commits each statement by itself: begin a transaction first")
    if not _is_prepared(connection):
        prepare(RAW_SCHEMA)
        if not _is_prepared(connection):
            raise IngestError("connection leads to another server than the warehouse")

    @contextmanager
    def begin() -> Iterator["Cursor"]:
        with connection.cursor(cursor_factory=extensions.cursor) as cursor:
            cursor.execute("savepoint register_signatures")
            try:
                cursor.execute("select current_setting('role'), current_setting('lock_timeout')")
                ((role, timeout),) = cursor.fetchall()
                cursor.execute(f"set local role {roles.named('loader')}")
                cursor.execute("select set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
                yield cursor
                cursor.execute(
                    "select set_config('role', %s, true), set_config('lock_timeout', %s, true)",
                    [role, timeout],
                )
            except BaseException:
                if not connection.closed:
                    cursor.execute("rollback to savepoint register_signatures")
                raise
            finally:
                if not connection.closed:
                    cursor.execute("release savepoint register_signatures")

    return begin


def in_turn(begin: Begin, step: Callable[["Cursor"], Answer]) -> Answer:
    """Run a step in a transaction; while it is `Busy`, give that back, wait and try again.

    Raises `IngestError` after ten minutes, and where another call came before on a connection
    that could not see it.
    """
    for pause in _pauses():
        try:
            with begin() as cursor:
                return step(cursor)
        except Busy as busy:
            reason = str(busy)
        except psycopg2.errors.LockNotAvailable as error:
            reason = str(error.diag.message_primary)
        except (psycopg2.errors.UniqueViolation, psycopg2.errors.SerializationFailure) as error:
            raise IngestError(
                "another call with this key came before: begin a new transaction and call again"
            ) from error
        except psycopg2.errors.InsufficientPrivilege as error:
            raise IngestError(
                f"the connection may not register signatures: {error.diag.message_primary}"
            ) from error
        time.sleep(pause)
    raise IngestError(f"{reason}, for {PATIENCE:,.0f} seconds; nothing was registered")


def _is_prepared(connection: "Connection") -> bool:
    with connection.cursor(cursor_factory=extensions.cursor) as cursor:
        cursor.execute("select to_regclass('raw_ledger.setup') is not null")
        if cursor.fetchone() != (True,):
            return False
        cursor.execute("select version from raw_ledger.setup where part = %s", [RAW_SCHEMA.source])
        return cursor.fetchone() == (RAW_SCHEMA.version,)


@contextmanager
def _held(paths: Sequence[Path], reason: str) -> Iterator[None]:
    """Hold the lock of one of some files; raises `IngestError` after ten minutes."""
    for pause in _pauses():
        path = random.choice(paths)  # noqa: S311 - no secret
        lock = _locked(path)
        if lock is not None:
            break
        time.sleep(pause)
    else:
        raise IngestError(f"{reason}, for {PATIENCE:,.0f} seconds; nothing was registered")
    try:
        yield
    finally:
        path.unlink()  # held still, so it is nobody else's
        os.close(lock)


def _locked(path: Path) -> int | None:
    """Lock a file and return its descriptor; None where another holds it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(lock).st_ino == path.stat().st_ino:  # not removed since it was opened
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(lock)
    return None


def _folder() -> Path:
    folder = home() / "registering"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _pauses() -> Iterator[float]:
    """Yield pauses that grow, in seconds, until patience ends."""
    until, longest = time.monotonic() + PATIENCE, 0.005
    while time.monotonic() < until:
        longest = min(longest * 1.5, LONGEST_PAUSE)
        yield random.uniform(longest / 2, longest)  # noqa: S311 - no secret
