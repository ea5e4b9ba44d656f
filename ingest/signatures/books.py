"""What the warehouse knows of registrations: of keys, of signees, of what a forgery imitates."""

import json
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.common.errors import IngestError
from ingest.signatures.call import Call, Digests, is_same
from ingest.signatures.registered_origins import forgotten, is_forgotten
from ingest.signatures.turns import Busy

if TYPE_CHECKING:
    from psycopg2.extensions import cursor as Cursor

log = logging.getLogger(__name__)

# The salt is not to be read by who could hold the lock for no reason
LOCK = """
select pg_try_advisory_xact_lock(hashtext(salt || %s), hashtext(salt || %s)) from raw_ledger.salt
"""
KNOWN = """
select request, digest, signee_id, signature_ids, registered_at
from raw_signatures.registrations where idempotence_key = %s
"""
SIGNEE = """
select local_id, coalesce(is_forger, false), origin_id
from raw_signatures.registered_signees where signee_id = %(id)s
union all
select local_id, reference_signee_id is not null, origin_id
from raw_signatures.registered_signatures where signee_id = %(id)s
"""
SIGNATURE = """
select signee_id, reference_signee_id is not null, origin_id
from raw_signatures.registered_signatures where signature_id = %s
"""
SAMPLES = """
select coalesce(max(sample_number), 0)
from raw_signatures.registered_signatures where signee_id = %s
"""


@dataclass(frozen=True)
class Registration:
    """What a key stands for: its signee and signatures, in the order of the call.

    `is_new` tells whether this call registered them or an earlier one did. `is_compared` tells
    whether all contents were compared with those of that call: an image that is gone cannot be.
    """

    signee_id: str
    signature_ids: tuple[str, ...]
    registered_at: datetime
    is_new: bool
    is_compared: bool = True


@dataclass(frozen=True)
class Known:
    """A key that stands for a call already; `request` is null where an old version kept it."""

    request: str | None
    digest: str
    registration: Registration
    forgotten: str | None

    def answer(self, call: Call, digests: Digests, *, own_assets: bool) -> Registration:
        """Return what was registered.

        Raises `IngestError` where the call is another one, or what it registered was forgotten.
        """
        same, compared = True, None not in digests
        if self.request is not None:
            same, compared = is_same(self.request, call.request(digests))
        elif compared and own_assets:
            same = call.first_digest(digests) == self.digest
        else:
            compared = False
        if not same:
            raise IngestError(
                f"idempotence key {call.key!r} was used at "
                f"{self.registration.registered_at:%Y-%m-%d %H:%M:%S %Z} for other signatures"
            )
        if self.forgotten:
            raise IngestError(self.forgotten)
        if not compared:
            log.info("%r is registered; images that cannot be read were not compared", call.key)
        return replace(self.registration, is_compared=compared)


def find(cursor: "Cursor", key: str) -> Known | None:
    """Return what a key stands for; None where it is free, and then it is locked.

    Raises `Busy` where another call holds it.
    """
    known = _known(cursor, key)
    if known is None:
        lock(cursor, "register_signatures", key, f"idempotence key {key!r} is another call's")
        known = _known(cursor, key)
    return known


def lock(cursor: "Cursor", kind: str, name: str, reason: str) -> None:
    """Hold a name until the transaction ends; raises `Busy` where another holds it."""
    cursor.execute(LOCK, [kind, name])
    if cursor.fetchone() != (True,):
        raise Busy(reason)


def local_id(cursor: "Cursor", signee_id: str, *, is_forger: bool) -> str:
    """Return the local id of a registered signee.

    Raises `IngestError` where nobody is registered so, or in the other role.
    """
    cursor.execute(SIGNEE, {"id": signee_id})
    told = [row for row in cursor.fetchall() if not is_forgotten(cursor, row[2])]
    if not told:
        raise IngestError(f"signee_id {signee_id!r} is no registered signee that counts")
    if any(forges != is_forger for _, forges, _ in told):
        raise IngestError(
            f"signee_id {signee_id!r} is no forger: it has genuine signatures only"
            if is_forger
            else f"signee_id {signee_id!r} is a forger: say with forgery_of whom it imitates"
        )
    return str(told[0][0])


def original(cursor: "Cursor", forgery_of: str) -> tuple[str, str | None]:
    """Return whom a forgery imitates, and which signature where that is told.

    Raises `IngestError` where it is no registered genuine signature or signee.
    """
    cursor.execute(SIGNATURE, [forgery_of])
    for signee_id, is_forgery, origin_id in cursor.fetchall():
        if is_forgery or is_forgotten(cursor, origin_id):
            raise IngestError(f"forgery_of {forgery_of!r} is no genuine signature that counts")
        return signee_id, forgery_of
    cursor.execute(SIGNEE, {"id": forgery_of})
    told = [row for row in cursor.fetchall() if not is_forgotten(cursor, row[2])]
    if not told or any(forges for _, forges, _ in told):
        raise IngestError(f"forgery_of {forgery_of!r} is no registered genuine signature or signee")
    return forgery_of, None


def samples(cursor: "Cursor", signee_id: str) -> int:
    """Return the highest number of a signature of a signee; raises `Busy` while one is added."""
    lock(cursor, "registered_signee", signee_id, f"signee {signee_id!r} is another call's")
    cursor.execute(SAMPLES, [signee_id])
    ((highest,),) = cursor.fetchall()
    return int(highest)


def _known(cursor: "Cursor", key: str) -> Known | None:
    cursor.execute(KNOWN, [key])
    row = cursor.fetchone()
    if row is None:
        return None
    request, digest, signee_id, signature_ids, at = row
    registration = Registration(signee_id, tuple(json.loads(signature_ids)), at, is_new=False)
    return Known(request, digest, registration, forgotten(cursor, key))
