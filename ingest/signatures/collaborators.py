"""Whom the service works with, and what they are handed: the names of the team's first design.

The Postgres-backed ones, which serve by default, are in `ingest.signatures.postgres`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import NamedTuple, Protocol, Union
from uuid import uuid4


def _new_id() -> str:
    return uuid4().hex


def _now() -> datetime:
    return datetime.now(timezone.utc)


class XYZPoint(NamedTuple):
    """A pen point."""

    x: float
    y: float
    z: float


@dataclass(kw_only=True)
class _Stored:
    """What all signatures have; a forgery names whom it imitates, and perhaps which signature.

    `sample_number` counts the signatures of the signee from 1, where the warehouse keeps them.
    """

    signee_id: str
    metadata: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=_new_id)
    created: datetime = field(default_factory=_now)
    sample_number: int = 1
    reference_signee_id: str | None = None
    reference_signature_id: str | None = None


@dataclass(kw_only=True)
class ImageSignature(_Stored):
    """A signature to store whose image is an asset."""

    asset_id: str


@dataclass(kw_only=True)
class XYZSignature(_Stored):
    """A signature to store that is made of pen points, in their order."""

    points: list[XYZPoint]


AnySignature = Union[ImageSignature, XYZSignature]  # noqa: UP007 - told to readers by name


@dataclass(kw_only=True)
class Signee:
    """A signee to store. `local_id` is the idempotence key that the signee was registered with.

    `medium` is `offline`, `online` or `both`. `signatures` is empty: they are stored after.
    """

    id: str = field(default_factory=_new_id)
    created: datetime = field(default_factory=_now)
    signatures: list[AnySignature] = field(default_factory=list)
    local_id: str = ""
    medium: str = "both"
    is_forger: bool = False

    def new_image_signature(
        self, asset_id: str, metadata: Mapping[str, str] | None = None
    ) -> ImageSignature:
        """Return a signature of this signee whose image is an asset."""
        return ImageSignature(signee_id=self.id, asset_id=asset_id, metadata=dict(metadata or {}))

    def new_xyz_signature(
        self,
        points: Iterable[tuple[float, float, float]],
        metadata: Mapping[str, str] | None = None,
    ) -> XYZSignature:
        """Return a signature of this signee that is made of pen points."""
        made = [XYZPoint(*point) for point in points]
        return XYZSignature(signee_id=self.id, points=made, metadata=dict(metadata or {}))


class SigneeRepository(Protocol):
    """Keeps signees."""

    def store(self, signee: Signee) -> None:
        """Store a signee who is not stored yet."""
        ...


class SignatureRepository(Protocol):
    """Keeps signatures."""

    def store(self, signatures: list[AnySignature]) -> None:
        """Store the signatures of one call."""
        ...


class AssetService(Protocol):
    """Keeps images."""

    def register_asset(self, local_uri: str, metadata: dict[str, str] = ...) -> str:
        """Keep an image and return its id."""
        ...
