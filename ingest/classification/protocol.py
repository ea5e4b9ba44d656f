"""The classifier's protocol: what a request looks like, and what a reply may look like.

request  {"image": <base64 of the file's bytes>, "photo_id": <int>}
reply    {"photo_id": <the same>, "label": <str>}
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# What the classifier decodes, by Pillow's names. A file is tried as nothing else.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
LARGEST_REPLY = 1 << 16  # bytes; a reply is some fifty, and of a longer one this much is kept


def photo_id(sha256: bytes) -> int:
    """Return the number that belongs to a content: the first 53 bits of its SHA-256.

    53 bits are what every JSON reader keeps exact, those included that know only doubles.
    """
    return int.from_bytes(sha256[:7], "big") >> 3


def request(image: bytes, photo_id: int) -> bytes:
    """Return the body of a request."""
    return b'{"image": "%b", "photo_id": %d}' % (base64.b64encode(image), photo_id)


@dataclass(frozen=True)
class Reply:
    """A reply taken apart; `problem` says what keeps it from being one, None where nothing does.

    `photo_id` is there whenever the reply names one, `label` only without a problem. `body` holds
    at most the first 64 KiB of its `size_bytes`; `is_text` says that it is whole, UTF-8, no NUL.
    """

    body: bytes
    size_bytes: int
    is_text: bool = False
    photo_id: int | None = None
    label: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Delivery:
    """A reply that the broker handed out over its `session`-th connection."""

    reply: Reply
    received_at: datetime
    session: int
    tag: Any


def read_reply(body: bytes) -> Reply:
    """Take a reply apart, whatever it is; never raises."""
    size = len(body)
    if size > LARGEST_REPLY:
        return Reply(body[:LARGEST_REPLY], size, problem="oversized")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Reply(body, size, problem="not utf-8")
    if "\0" in text:
        return Reply(body, size, problem="nul")
    try:
        said = json.loads(text, object_pairs_hook=_once)
    except _KeyTwiceError:
        return Reply(body, size, is_text=True, problem="key twice")
    except (ValueError, RecursionError):
        return Reply(body, size, is_text=True, problem="not json")
    if not isinstance(said, dict):
        return Reply(body, size, is_text=True, problem="not an object")
    number, label = said.get("photo_id"), said.get("label")
    problem = _problem(said)
    return Reply(
        body,
        size,
        is_text=True,
        photo_id=number if _is_photo_id(number) else None,
        label=None if problem else label,
        problem=problem,
    )


def _problem(said: dict[str, Any]) -> str | None:
    if "photo_id" not in said:
        return "no photo_id"
    if not _is_photo_id(said["photo_id"]):
        return "photo_id"
    if "label" not in said:
        return "no label"
    label = said["label"]
    if not isinstance(label, str) or not _is_storable(label):
        return "label"
    return None if label.strip() else "blank label"


def _is_photo_id(value: object) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63


def _is_storable(text: str) -> bool:
    """Whether Postgres takes it: JSON can spell a NUL and half a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class _KeyTwiceError(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        raise _KeyTwiceError
    return said
