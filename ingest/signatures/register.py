"""Registers new signatures of one signee, once for each idempotence key.

    plain values -> key known? the same answer : assets -> signee, signatures, key -> commit

A foreign asset service is called while the key is held and nothing of the server is; all that
goes into the warehouse is one transaction. Waiting and connections: `ingest.signatures.turns`.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ingest.signatures import books, registered_origins, turns
from ingest.signatures.books import Registration
from ingest.signatures.call import Call, Digests, plain_call, sha256_of
from ingest.signatures.collaborators import AssetService, SignatureRepository, SigneeRepository
from ingest.signatures.made import asset_ids, signatures_of, signee_of
from ingest.signatures.new import AnyNewSignature
from ingest.signatures.plain import PlainImage
from ingest.signatures.postgres import (
    PostgresAssets,
    PostgresSignatures,
    PostgresSignees,
    RawTables,
)
from ingest.signatures.tables import REGISTERED, REGISTRATION, key_of

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection
    from psycopg2.extensions import cursor as Cursor

Assets = Sequence[str | None]


class SignatureApplicationService:
    """Registers signatures with three collaborators; one that is None is the warehouse's own.

    A foreign one is outside of the warehouse's transaction. With three foreign ones and without
    an idempotence key, nothing is asked of the warehouse at all.
    """

    def __init__(
        self,
        *,
        signee_repository: SigneeRepository | None = None,
        signature_repository: SignatureRepository | None = None,
        asset_service: AssetService | None = None,
    ) -> None:
        self.signee_repository = signee_repository
        self.signature_repository = signature_repository
        self.asset_service = asset_service

    def register_signatures(
        self,
        new_signatures: Iterable[AnyNewSignature],
        idempotence_key: str = "",
        *,
        signee_id: str | None = None,
        forgery_of: str | None = None,
        connection: "Connection | None" = None,
    ) -> Registration:
        """Register signatures of one signee; they are published by the next build.

        Called again with the same key and content, now or later, it registers nothing and returns
        what the first call returned, also where an image is gone since. Without a key, `""`, each
        call registers anew. The signee is a new one, or with `signee_id` one that is registered.
        With `forgery_of`, the id of a registered signature or signee, the signatures imitate it
        and the signee is a forger. With `connection` all is done in the caller's transaction,
        which is to be committed by the caller; a call that fails undoes only its own part.

        Registered signatures are own data: from then on the sample does not count any more.

        Raises `IngestError` where something given cannot be registered, the key stands for other
        content or for what was forgotten since, or what it needs was another's for ten minutes;
        then nothing is registered.
        """
        call = plain_call(new_signatures, idempotence_key, signee_id, forgery_of)
        elsewhere = (self.signee_repository, self.signature_repository, self.asset_service)
        if not call.is_repeatable and all(elsewhere):
            return _keep_elsewhere(call, *elsewhere)  # type: ignore[arg-type]
        begin = turns.own if connection is None else turns.within(connection)
        waits = call.is_repeatable and connection is None
        with turns.alone(call.key) if waits else nullcontext():
            known = turns.in_turn(begin, lambda cursor: books.find(cursor, call.key))
            own_assets = self.asset_service is None
            if known:
                digests = call.digests(required=False)
                return known.answer(call, digests, own_assets=own_assets)
            digests = call.digests(required=own_assets)
            assets = asset_ids(call, self.asset_service) if self.asset_service else None
            return turns.in_turn(begin, lambda cursor: self._write(cursor, call, digests, assets))

    def _write(
        self, cursor: "Cursor", call: Call, digests: Digests, assets: Assets | None
    ) -> Registration:
        known = books.find(cursor, call.key)
        if known:
            return known.answer(call, digests, own_assets=assets is None)
        at = datetime.now(timezone.utc)
        origin, load_id = registered_origins.origin_id(call.key), f"registered-{key_of(call.key)}"
        raw = RawTables(cursor, load_id, origin, at)
        is_published = self.signature_repository is None
        if is_published:
            records = len(call.signatures)
            registered_origins.begin(cursor, call.key, records, load_id, at)
        local_id, original, before = self._known_ids(cursor, call)
        signee = signee_of(call, at, local_id)
        if call.signee_id is None:
            (self.signee_repository or PostgresSignees(raw)).store(signee)
        if assets is None:
            uris = [new.local_uri if isinstance(new, PlainImage) else "" for new in call.signatures]
            read_before = dict(zip(uris, digests, strict=True))
            assets = asset_ids(call, PostgresAssets(raw, read_before))
        made = signatures_of(call, signee, assets, original, before)
        (self.signature_repository or PostgresSignatures(raw, signee)).store(made)
        ids = tuple(signature.id for signature in made)
        request = call.request(digests)
        raw.add(
            "registrations",
            idempotence_key=call.key,
            digest=sha256_of(request),
            signee_id=signee.id,
            signature_ids=json.dumps(ids),
            registered_at=at,
            request=request,
        )
        if is_published:
            raw.add(
                "counts",
                record_table=REGISTRATION,
                origin=f"{REGISTERED}/{call.key}",
                records_read=len(ids),
                read_at=at,
                origin_id=origin,
                run_id=0,
            )
        raw.complete()
        return Registration(signee.id, ids, at, is_new=True)

    def _known_ids(
        self, cursor: "Cursor", call: Call
    ) -> tuple[str | None, tuple[str | None, str | None], int]:
        """Return the local id of the signee that is named, the original, the samples so far."""
        if self.signee_repository and self.signature_repository:
            return call.signee_id, (call.forgery_of, None), 0
        local_id, before = None, 0
        if call.signee_id is not None:
            forges = call.forgery_of is not None
            local_id = books.local_id(cursor, call.signee_id, is_forger=forges)
            before = books.samples(cursor, call.signee_id)
        if call.forgery_of is None:
            return local_id, (None, None), before
        return local_id, books.original(cursor, call.forgery_of), before


def _keep_elsewhere(
    call: Call, signees: SigneeRepository, signatures: SignatureRepository, assets: AssetService
) -> Registration:
    signee = signee_of(call, datetime.now(timezone.utc))
    made = signatures_of(call, signee, asset_ids(call, assets), (call.forgery_of, None))
    if call.signee_id is None:
        signees.store(signee)
    signatures.store(made)
    return Registration(signee.id, tuple(one.id for one in made), signee.created, is_new=True)


def register_signatures(
    new_signatures: Iterable[AnyNewSignature],
    idempotence_key: str,
    *,
    signee_id: str | None = None,
    forgery_of: str | None = None,
    connection: "Connection | None" = None,
    signee_repository: SigneeRepository | None = None,
    signature_repository: SignatureRepository | None = None,
    asset_service: AssetService | None = None,
) -> Registration:
    """Register signatures of one signee: the short way to `SignatureApplicationService`.

    Takes and raises what `SignatureApplicationService.register_signatures` does, and asks for an
    idempotence key.
    """
    service = SignatureApplicationService(
        signee_repository=signee_repository,
        signature_repository=signature_repository,
        asset_service=asset_service,
    )
    return service.register_signatures(
        new_signatures,
        idempotence_key or " ",  # which is no key
        signee_id=signee_id,
        forgery_of=forgery_of,
        connection=connection,
    )
