"""Whom the service works with. Each can be replaced by anything of the same shape.

The Postgres-backed ones, which serve by default, are in `ingest.signatures.postgres`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Signee:
    """A signee to store; `medium` is `offline`, `online` or `both`."""

    signee_id: str
    local_id: str
    medium: str
    registered_at: datetime


@dataclass(frozen=True)
class Signature:
    """A signature to store, without its image or points; `sample_number` counts from 1."""

    signature_id: str
    signee: Signee
    sample_number: int
    registered_at: datetime


class SigneeRepository(Protocol):
    """Keeps signees."""

    def add(self, signee: Signee) -> None:
        """Store a signee who is not stored yet."""
        ...


class SignatureRepository(Protocol):
    """Keeps signatures."""

    def add_image(self, signature: Signature, asset_id: str, metadata: Mapping[str, str]) -> None:
        """Store a signature that is an image."""
        ...

    def add_xyz(self, signature: Signature, points: Sequence[tuple[float, float, float]]) -> None:
        """Store a signature of pen points, in their order."""
        ...


class AssetService(Protocol):
    """Keeps images."""

    def digest(self, local_uri: str) -> str:
        """Return what tells this content from any other, such as a SHA-256."""
        ...

    def register(self, local_uri: str) -> str:
        """Keep the image and return its asset id; called again, it returns the same."""
        ...
