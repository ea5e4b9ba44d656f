"""The collaborators that serve by default: they write the raw tables that the ETL writes.

All of them work on one cursor, so what a registration writes stands or falls together. Its rows
carry a load id of their own, and a row of `_dlt_loads` in the same transaction makes them count.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.common.errors import IngestError
from ingest.signatures.collaborators import Signature, Signee
from ingest.signatures.folder import LARGEST_FILE
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

    def add(self, signee: Signee) -> None:
        """Store a signee."""
        self.raw.add(
            "registered_signees",
            signee_id=signee.signee_id,
            medium=signee.medium,
            local_id=signee.local_id,
            registered_at=signee.registered_at,
            origin_id=self.raw.origin_id,
        )


class PostgresSignatures:
    """Stores signatures in `raw_signatures.registered_signatures`, points as a file of lines."""

    def __init__(self, raw: RawTables) -> None:
        self.raw = raw

    def add_image(self, signature: Signature, asset_id: str, metadata: Mapping[str, str]) -> None:
        """Store a signature that is an image."""
        told = json.dumps(dict(metadata), sort_keys=True)
        self._add(signature, "offline", asset_path(asset_id), asset_id, told)

    def add_xyz(self, signature: Signature, points: Sequence[tuple[float, float, float]]) -> None:
        """Store a signature of pen points; each number is written so that it reads back equal."""
        path = f"points/{signature.signature_id}.HWR"
        self.raw.add_file(path, "\n".join(",".join(map(repr, p)) for p in points).encode())
        self._add(signature, "online", path, None, None)

    def _add(
        self, signature: Signature, medium: str, path: str, asset: str | None, told: str | None
    ) -> None:
        self.raw.add(
            "registered_signatures",
            signature_id=signature.signature_id,
            signee_id=signature.signee.signee_id,
            signee_medium=signature.signee.medium,
            local_id=signature.signee.local_id,
            medium=medium,
            sample_number=signature.sample_number,
            path=path,
            asset_id=asset,
            metadata=told,
            registered_at=signature.registered_at,
            origin_id=self.raw.origin_id,
        )


class PostgresAssets:
    """Keeps images in `raw_signatures.files`; an asset's id is the SHA-256 of its bytes."""

    def __init__(self, raw: RawTables) -> None:
        self.raw = raw
        self.digests: dict[str, str] = {}
        self.kept: set[str] = set()

    def digest(self, local_uri: str) -> str:
        """Return the SHA-256 of the image, in hex.

        Raises `IngestError` where the image cannot be read or is larger than 32 MiB.
        """
        self.digests[local_uri] = hashlib.sha256(_bytes_of(local_uri)).hexdigest()
        return self.digests[local_uri]

    def register(self, local_uri: str) -> str:
        """Keep the image; the same bytes are kept once a call.

        Raises `IngestError` as `digest` does, and where the image changed since `digest`.
        """
        content = _bytes_of(local_uri)
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


def _bytes_of(local_uri: str) -> bytes:
    path = Path(unquote(urlsplit(local_uri).path)) if "://" in local_uri else Path(local_uri)
    if "://" in local_uri and not local_uri.startswith("file://"):
        raise IngestError(f"{local_uri} is no file of this machine")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise IngestError(f"{local_uri} cannot be read: {reason}") from error
    if len(content) > LARGEST_FILE:
        raise IngestError(f"{local_uri} is larger than {LARGEST_FILE >> 20} MiB")
    return content
