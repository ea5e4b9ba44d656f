"""Origins of what is registered: one a key, written in the registration's own transaction.

Such a row has no run of its own, so it takes the place right behind what it changes: the run
number of the last row of the origin, and the next event of it. Numbers are made from the keys and
negative: those of runs are positive, so neither side needs to know what the other hands out.
"""

import hashlib
import logging
from datetime import datetime
from typing import TYPE_CHECKING

import psycopg2.errors

from ingest.landing.origins import OWN, SAMPLE
from ingest.signatures.tables import REGISTERED, REGISTRATION
from ingest.signatures.turns import Busy

if TYPE_CHECKING:
    from psycopg2.extensions import cursor as Cursor

log = logging.getLogger(__name__)

LAST = """
select * from (
    select *, row_number() over (partition by origin_id order by run_id desc, event desc) as age
    from raw_signatures.origins
    where
        {which} and _dlt_load_id in (
            select load_id from raw_signatures._dlt_loads where status = 0
        )
) as events where age = 1
"""
FORGOTTEN = f"""
select because, changed_at from ({LAST.replace("{which}", "origin_id = %s")}) as last
where not counts
"""  # noqa: S608 - made of constants
# Held before anything is written: from then on no lock of a table is waited for
TABLES = """
lock table
    raw_signatures.files, raw_signatures.counts, raw_signatures.origins,
    raw_signatures.registrations, raw_signatures.registered_signees,
    raw_signatures.registered_signatures, raw_signatures._dlt_loads
in row exclusive mode
"""
HOLDS_OWN = "select exists (select from raw_signatures.origins where kind = %s)"
# Not while a run holds its lock; see `ingest.warehouse.locks`
NO_RUN = "lock table raw_ledger.run_lock_signatures in row exclusive mode nowait"
RETIRE_SAMPLE = f"""
insert into raw_signatures.origins (
    origin_id, record_table, origin, kind, records, landed_at,
    counts, because, since_run_id, changed_at, run_id, event, _dlt_load_id
)
select
    origin_id, record_table, origin, kind, records, landed_at,
    false, 'own data was registered', run_id, %s, run_id, event + 1, %s
from ({LAST.replace("{which}", "kind = %s")}) as last
where counts
"""  # noqa: S608 - made of constants
BEGIN = """
insert into raw_signatures.origins (
    origin_id, record_table, origin, kind, records, landed_at,
    counts, because, since_run_id, changed_at, run_id, event, _dlt_load_id
) values (%s, %s, %s, %s, %s, %s, true, null, 0, %s, 0, 1, %s)
"""


def origin_id(key: str) -> int:
    """Return the number of the origin of a key: negative, of 62 bits."""
    digest = hashlib.sha256(key.encode()).digest()
    return -1 - (int.from_bytes(digest[:8], "big") >> 2)


def forgotten(cursor: "Cursor", key: str) -> str | None:
    """Say since when what was registered under a key does not count; None where it does."""
    cursor.execute(FORGOTTEN, [origin_id(key)])
    row = cursor.fetchone()
    if row is None:
        return None
    because, changed_at = row
    return (
        f"what was registered under idempotence key {key!r} counts no more since "
        f"{changed_at:%Y-%m-%d %H:%M:%S %Z} ({because}); to register it again, take another key"
    )


def is_forgotten(cursor: "Cursor", origin: int) -> bool:
    """Tell whether what an origin holds was forgotten."""
    cursor.execute(FORGOTTEN, [origin])
    return cursor.fetchone() is not None


def begin(cursor: "Cursor", key: str, records: int, load_id: str, at: datetime) -> None:
    """Let the registration of a key count, and what is generated not any more.

    Raises `Busy` where nothing is one's own yet and a run is under way: it may be the sample's.
    """
    cursor.execute(HOLDS_OWN, [OWN])
    if cursor.fetchone() == (False,):
        try:
            cursor.execute(NO_RUN)
        except psycopg2.errors.LockNotAvailable as error:
            raise Busy("a run of signatures, which may be the sample's, is under way") from error
    cursor.execute(TABLES)
    cursor.execute(RETIRE_SAMPLE, [at, load_id, SAMPLE])
    if cursor.rowcount:
        log.info("signatures: the sample counts no more: own data is registered")
    address = f"{REGISTERED}/{key}"
    row = [origin_id(key), REGISTRATION, address, OWN, records, at, at, load_id]
    cursor.execute(BEGIN, row)
