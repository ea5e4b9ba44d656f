"""Registers new signatures of one new signee, once for each idempotence key.

    check -> lock the key -> known? the same answer : signee, assets, signatures -> commit

Everything happens in one transaction under an advisory lock on the key, so a second call with the
same key waits for the first one and then finds what it registered.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ingest.common.errors import IngestError
from ingest.signatures import registered_origins
from ingest.signatures.collaborators import (
    AssetService,
    Signature,
    SignatureRepository,
    Signee,
    SigneeRepository,
)
from ingest.signatures.new import NewImageSignature, NewSignature, check
from ingest.signatures.postgres import (
    PostgresAssets,
    PostgresSignatures,
    PostgresSignees,
    RawTables,
)
from ingest.signatures.tables import RAW_SCHEMA, REGISTERED, REGISTRATION
from ingest.warehouse import connect
from ingest.warehouse.raw_schemas import prepare

if TYPE_CHECKING:
    from psycopg2.extensions import cursor as Cursor

LOCK = "select pg_advisory_xact_lock(hashtext('register_signatures'), hashtext(%s))"
KNOWN = """
select digest, signee_id, signature_ids, registered_at from raw_signatures.registrations
where idempotence_key = %s
"""


@dataclass(frozen=True)
class Registration:
    """What a key stands for: its signee and signatures, in the order of the call.

    `is_new` tells whether this call registered them or an earlier one did.
    """

    signee_id: str
    signature_ids: tuple[str, ...]
    registered_at: datetime
    is_new: bool


def register_signatures(
    new_signatures: Sequence[NewSignature],
    idempotence_key: str,
    *,
    signees: SigneeRepository | None = None,
    signatures: SignatureRepository | None = None,
    assets: AssetService | None = None,
) -> Registration:
    """Register the genuine signatures of a new signee; they are published by the next build.

    Called again with the same key and content, now or later, it registers nothing and returns
    what the first call returned. `signees`, `signatures` and `assets` replace the collaborators
    that write to the warehouse; a replaced one is not part of its transaction.

    Registered signatures are own data: from then on the sample does not count any more.

    Raises `IngestError` where the key stands for other content or for what was forgotten since, an
    image cannot be read or points are not finite numbers; then nothing is registered.
    """
    new_signatures = list(new_signatures)
    check(new_signatures, idempotence_key)
    prepare(RAW_SCHEMA)
    with (
        closing(connect.connect("loader")) as warehouse,
        warehouse,
        warehouse.cursor() as cursor,
    ):
        raw = RawTables(
            cursor,
            _load_id(idempotence_key),
            registered_origins.origin_id(idempotence_key),
            datetime.now(timezone.utc),
        )
        assets = assets or PostgresAssets(raw)
        digest = _digest(new_signatures, assets)
        cursor.execute(LOCK, [idempotence_key])
        known = _known(cursor, idempotence_key, digest)
        if known:
            return known
        return _register(
            raw,
            new_signatures,
            idempotence_key,
            digest,
            signees or PostgresSignees(raw),
            signatures or PostgresSignatures(raw),
            assets,
        )


def _known(cursor: "Cursor", key: str, digest: str) -> Registration | None:
    cursor.execute(KNOWN, [key])
    row = cursor.fetchone()
    if row is None:
        return None
    known_digest, signee_id, signature_ids, registered_at = row
    if known_digest != digest:
        raise IngestError(
            f"idempotence key {key!r} was used at {registered_at:%Y-%m-%d %H:%M:%S %Z} "
            "for other signatures"
        )
    registered_origins.check_not_forgotten(cursor, key)
    return Registration(signee_id, tuple(json.loads(signature_ids)), registered_at, is_new=False)


def _register(
    raw: RawTables,
    new_signatures: Sequence[NewSignature],
    key: str,
    digest: str,
    signees: SigneeRepository,
    signatures: SignatureRepository,
    assets: AssetService,
) -> Registration:
    at = raw.registered_at
    if isinstance(signatures, PostgresSignatures):  # else nothing is published from here
        registered_origins.begin(raw.cursor, key, len(new_signatures), raw.load_id, at)
    medium = _medium(new_signatures)
    signee = Signee(_key(REGISTERED, medium, "genuine", key), key, medium, at)
    signees.add(signee)
    ids = []
    for number, new in enumerate(new_signatures, 1):
        own = "offline" if isinstance(new, NewImageSignature) else "online"
        signature_id = _key(REGISTERED, own, "genuine", key, "", str(number))
        signature = Signature(signature_id, signee, number, at)
        if isinstance(new, NewImageSignature):
            signatures.add_image(signature, assets.register(new.local_uri), new.metadata)
        else:
            signatures.add_xyz(signature, [_floats(point) for point in new.points])
        ids.append(signature_id)
    raw.add(
        "registrations",
        idempotence_key=key,
        digest=digest,
        signee_id=signee.signee_id,
        signature_ids=json.dumps(ids),
        registered_at=at,
    )
    if isinstance(signatures, PostgresSignatures):
        raw.add(
            "counts",
            record_table=REGISTRATION,
            origin=f"{REGISTERED}/{key}",
            records_read=len(ids),
            read_at=at,
            origin_id=raw.origin_id,
            run_id=0,
        )
    raw.complete()
    return Registration(signee.signee_id, tuple(ids), at, is_new=True)


def _digest(new_signatures: Sequence[NewSignature], assets: AssetService) -> str:
    told: list[object] = []
    for new in new_signatures:
        if isinstance(new, NewImageSignature):
            told.append(["image", assets.digest(new.local_uri), dict(new.metadata)])
        else:
            told.append(["xyz", [_floats(point) for point in new.points]])
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _medium(new_signatures: Sequence[NewSignature]) -> str:
    images = {isinstance(new, NewImageSignature) for new in new_signatures}
    return "both" if len(images) == 2 else "offline" if images == {True} else "online"


def _floats(point: tuple[float, float, float]) -> tuple[float, float, float]:
    x, y, z = point
    return float(x), float(y), float(z)


def _key(*values: str) -> str:
    """Return a key as dbt's macro `surrogate_key` makes it."""
    escaped = (value.replace("\x1e", "\x1e0").replace("\x1f", "\x1e1") for value in values)
    return hashlib.md5("\x1f".join(escaped).encode(), usedforsecurity=False).hexdigest()


def _load_id(key: str) -> str:
    """Return the load id of a registration: one for each key."""
    return f"registered-{_key(key)}"
