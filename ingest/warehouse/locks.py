"""Locks that are held for long: tables that only their role may lock.

Everybody may take an advisory lock whose number they know, and `pg_locks` shows the numbers. A
table is locked by who may write it. The lock goes with the connection that holds it, so a process
that is killed never leaves it behind.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg2
import psycopg2.errors

from ingest.warehouse import connect

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

LOCK = "lock table raw_ledger.{table} in share row exclusive mode"
# A lock is held without a word for hours, which an administrator may have forbidden to others
NO_LIMITS = """
select set_config(name, '0', false) from pg_settings
where name in ('idle_in_transaction_session_timeout', 'transaction_timeout')
"""


def hold(role: str, table: str, seconds: float = 0.0) -> "Connection | None":
    """Return a connection of `role` that holds the lock of a table until it is let go.

    None where another one holds it, still after so many seconds.
    """
    holder = connect.connect(role)
    with holder.cursor() as cursor:
        cursor.execute(NO_LIMITS)
        holder.commit()
        try:
            cursor.execute("select set_config('lock_timeout', %s, true)", [f"{seconds:.3f}s"])
            cursor.execute(LOCK.format(table=table) + ("" if seconds else " nowait"))
        except psycopg2.errors.LockNotAvailable:
            holder.close()
            return None
    return holder


def let_go(holder: "Connection") -> None:
    """Let go of a lock, at once: of a closed connection the server hears a little later."""
    with suppress(psycopg2.Error):
        holder.rollback()
    holder.close()
