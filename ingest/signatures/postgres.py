"""The collaborators that serve by default: they write the raw tables that the ETL writes.

All of them work on one cursor, so what a registration writes stands or falls together. Its rows
carry a load id of their own, and a row of `_dlt_loads` in the same transaction makes them count.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.common.errors import IngestError
from ingest.signatures.call import text_of
from ingest.signatures.collaborators import AnySignature, ImageSignature, Signee
from ingest.signatures.image_file import content_of
from ingest.signatures.tables import REGISTERED

if TYPE_CHECKING:
    from psycopg2.extensions import cursor as Cursor


class RawTables:
    """Inserts rows into `raw_signatures` under one load id; what counts is of one origin."""

    def __init__(
        self, cursor: "Cursor", load_id: str, origin_id: int, registered_at: datetime
    ) -> None:
        self.cursor, self.load_id, self.origin_id = cursor, load_id, origin_id
        self.registered_at = registered_at

    def add(self, table: str, **values: object) -> None:
        """Insert one row."""
        columns = ", ".join([*values, "_dlt_load_id"])
        places = ", ".join(["%s"] * (len(values) + 1))
        self.cursor.execute(
            f"insert into raw_signatures.{table} ({columns}) values ({places})",  # noqa: S608
            [*values.values(), self.load_id],
        )

    def add_file(self, path: str, content: bytes) -> None:
        """Insert a file as the ETL does."""
        self.add(
            "files",
            source=REGISTERED,
            path=path,
            size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            read_at=self.registered_at,
            content=content,
            origin_id=self.origin_id,
            run_id=0,
        )

    def complete(self) -> None:
        """Make the rows of this load count."""
        self.cursor.execute(
            "insert into raw_signatures._dlt_loads (load_id, schema_name, status, inserted_at) "
            "values (%s, 'signatures', 0, clock_timestamp())",
            [self.load_id],
        )


class PostgresSignees:
    """Stores signees in `raw_signatures.registered_signees`."""

    def __init__(self, raw: RawTables) -> None:
        self.raw = raw

    def store(self, signee: Signee) -> None:
        """Store a signee."""
        self.raw.add(
            "registered_signees",
            signee_id=signee.id,
            medium=signee.medium,
            local_id=signee.local_id,
            is_forger=signee.is_forger,
            registered_at=signee.created,
            origin_id=self.raw.origin_id,
        )


class PostgresSignatures:
    """Stores signatures in `raw_signatures.registered_signatures`, points as a file of lines."""

    def __init__(self, raw: RawTables, signee: Signee) -> None:
        self.raw, self.signee = raw, signee

    def store(self, signatures: list[AnySignature]) -> None:
        """Store the signatures of the signee."""
        for signature in signatures:
            if isinstance(signature, ImageSignature):
                medium, asset = "offline", signature.asset_id
                path = asset_path(asset)
            else:
                medium, asset = "online", None
                path = f"points/{signature.id}.HWR"
                self.raw.add_file(path, text_of(signature.points).encode())
            self.raw.add(
                "registered_signatures",
                signature_id=signature.id,
                signee_id=signature.signee_id,
                signee_medium=self.signee.medium,
                local_id=self.signee.local_id,
                medium=medium,
                sample_number=signature.sample_number,
                reference_signee_id=signature.reference_signee_id,
                reference_signature_id=signature.reference_signature_id,
                path=path,
                asset_id=asset,
                metadata=json.dumps(signature.metadata, sort_keys=True),
                registered_at=signature.created,
                origin_id=self.raw.origin_id,
            )


class PostgresAssets:
    """Keeps images in `raw_signatures.files`; an asset's id is the SHA-256 of its bytes."""

    def __init__(self, raw: RawTables, digests: Mapping[str, str | None]) -> None:
        self.raw, self.digests = raw, digests
        self.kept: set[str] = set()

    def register_asset(self, local_uri: str, metadata: Mapping[str, str] | None = None) -> str:  # noqa: ARG002 - kept with the signature
        """Keep the image; the same bytes are kept once a call.

        Raises `IngestError` where it cannot be read or changed since its digest was told.
        """
        content = content_of(local_uri)
        asset_id = hashlib.sha256(content).hexdigest()
        if self.digests.get(local_uri, asset_id) != asset_id:
            raise IngestError(f"{local_uri} changed while it was registered")
        if asset_id not in self.kept:
            self.raw.add_file(asset_path(asset_id), content)
            self.kept.add(asset_id)
        return asset_id


def asset_path(asset_id: str) -> str:
    """Return where an asset lies in `raw_signatures.files`."""
    return f"assets/{asset_id}"
