"""What the service is given: new signatures of one signee, as images or as pen points."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Union

from ingest.common.errors import IngestError


@dataclass(frozen=True)
class NewImageSignature:
    """A signature on paper: `local_uri` is a path or a `file://` URI of its image.

    `metadata` is kept as it is given; an image of no bytes is valid.
    """

    local_uri: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NewXYZSignature:
    """A signature on a tablet: its pen points in order, each of three finite numbers."""

    points: Sequence[tuple[float, float, float]]


NewSignature = Union[NewImageSignature, NewXYZSignature]  # noqa: UP007 - told to readers by name


def check(new_signatures: Sequence[NewSignature], idempotence_key: str) -> None:
    """Raise `IngestError` where these cannot be registered, before anything is written."""
    if not new_signatures:
        raise IngestError("no signatures to register")
    if not re.fullmatch("(?=.*[^ ])[^\0-\x1f\ud800-\udfff]{1,200}", idempotence_key):
        raise IngestError("idempotence_key must be 1 to 200 printable characters, not all blank")
    for number, signature in enumerate(new_signatures, 1):
        if isinstance(signature, NewXYZSignature):
            _check_points(number, signature.points)


def _check_points(number: int, points: Sequence[tuple[float, float, float]]) -> None:
    if not points:
        raise IngestError(f"signature {number} has no points")
    for at, point in enumerate(points, 1):
        if len(point) != 3 or not all(isfinite(value) for value in point):
            raise IngestError(f"signature {number}, point {at}: not three finite numbers")
