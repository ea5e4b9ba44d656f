"""Turns what the service is given into plain values, once, so that all see the same.

What cannot be registered is an `IngestError` with the number of the signature, and of the point.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from numbers import Real
from uuid import UUID

from ingest.common.errors import IngestError
from ingest.signatures.new import AnyNewSignature, NewImageSignature, NewXYZSignature

Point = tuple[float, float, float]

MOST_POINTS = 1_000_000
KEY = re.compile("(?=.*[^ ])[^\0-\x1f\x7f\ud800-\udfff]{1,200}")
NOT_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class PlainImage:
    """A new image, with its path or URI as text."""

    local_uri: str
    metadata: dict[str, str]


@dataclass(frozen=True)
class PlainPoints:
    """New pen points, as doubles."""

    points: list[Point]
    metadata: dict[str, str]


def plain_key(key: object) -> str:
    """Return an idempotence key as text; raises `IngestError` where it is none."""
    text = str(key) if isinstance(key, UUID) else key
    if not isinstance(text, str) or not KEY.fullmatch(text):
        raise IngestError("idempotence_key must be 1 to 200 printable characters, not all blank")
    return text


def plain_id(value: object, name: str) -> str | None:
    """Return an id as text, None as it is; raises `IngestError` where it is neither."""
    if value is None or (isinstance(value, str) and value and not NOT_TEXT.search(value)):
        return value
    raise IngestError(f"{name} must be an id, not {_kind(value)}")


def plain_signatures(new: Iterable[AnyNewSignature]) -> list[PlainImage | PlainPoints]:
    """Return new signatures as plain values.

    Raises `IngestError` where there are none or one of them cannot be registered.
    """
    signatures = [_plain(one, f"signature {at}") for at, one in _each(new, "new_signatures")]
    if not signatures:
        raise IngestError("no signatures to register")
    return signatures


def _plain(new: object, which: str) -> PlainImage | PlainPoints:
    if isinstance(new, NewImageSignature):
        return PlainImage(_uri(new.local_uri, which), _metadata(new.metadata, which))
    if isinstance(new, NewXYZSignature):
        return PlainPoints(_points(new.points, which), _metadata(new.metadata, which))
    raise IngestError(f"{which} is {_kind(new)}, neither a NewImageSignature nor a NewXYZSignature")


def _uri(uri: object, which: str) -> str:
    if not isinstance(uri, str | bytes | os.PathLike):
        raise IngestError(f"{which}: local_uri is {_kind(uri)}, not a path or URI")
    text = os.fsdecode(uri)
    if not text or "\0" in text:
        raise IngestError(f"{which}: local_uri {text!r} is no path or URI")
    return text


def _metadata(metadata: object, which: str) -> dict[str, str]:
    if not isinstance(metadata, Mapping):
        raise IngestError(f"{which}: metadata is {_kind(metadata)}, not names with their values")
    for name, value in metadata.items():
        for part, told in (("name", name), ("value", value)):
            if not isinstance(told, str):
                raise IngestError(f"{which}: metadata {name!r} has as {part} {_kind(told)}, no str")
            if NOT_TEXT.search(told):
                raise IngestError(f"{which}: metadata {name!r} holds what is no text in its {part}")
    return {str(name): str(value) for name, value in metadata.items()}


def _points(points: object, which: str) -> list[Point]:
    plain: list[Point] = []
    for at, point in _each(points, f"{which}: points"):
        if at > MOST_POINTS:
            raise IngestError(f"{which} has more than {MOST_POINTS:,} points")
        plain.append(_point(point, f"{which}, point {at}"))
    if not plain:
        raise IngestError(f"{which} has no points")
    return plain


def _point(point: object, which: str) -> Point:
    values: list[float] = []
    for at, value in _each(point, which):
        if at > 3:
            break
        values.append(_double(value, f"{which}, value {at}"))
    if len(values) != 3 or at > 3:
        raise IngestError(f"{which} is not three finite numbers")
    x, y, z = values
    return x, y, z


def _double(value: object, which: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise IngestError(f"{which} is {_kind(value)}: not three finite numbers")
    try:
        number = float(value)
    except (ArithmeticError, TypeError, ValueError):
        number = float("inf")
    if not isfinite(number) or (number == 0 and value != 0):
        raise IngestError(f"{which} is no number that a double can hold: not three finite numbers")
    return number


def _each(values: object, what: str) -> Iterator[tuple[int, object]]:
    """Go through what is in an order, with numbers from 1."""
    ordered = not isinstance(values, str | bytes | bytearray | Mapping | AbstractSet)
    if ordered and isinstance(values, Iterable):
        try:
            steps = iter(values)
        except TypeError:  # an array without dimensions
            pass
        else:
            yield from enumerate(steps, 1)
            return
    raise IngestError(f"{what} is {_kind(values)}, not a list")


def _kind(value: object) -> str:
    return f"of type {type(value).__name__}"
