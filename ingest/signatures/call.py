"""One call of the service as plain values, and how it compares with what its key stands for."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from ingest.common.errors import IngestError
from ingest.signatures.image_file import digest_of
from ingest.signatures.new import AnyNewSignature
from ingest.signatures.plain import (
    PlainImage,
    PlainPoints,
    Point,
    plain_id,
    plain_key,
    plain_signatures,
)

Digests = Sequence[str | None]


@dataclass(frozen=True)
class Call:
    """What is to be registered; `is_repeatable` unless the caller gave no key."""

    signatures: Sequence[PlainImage | PlainPoints]
    key: str
    is_repeatable: bool
    signee_id: str | None
    forgery_of: str | None

    @property
    def medium(self) -> str:
        """What the signatures are: `offline`, `online` or `both`."""
        images = {isinstance(new, PlainImage) for new in self.signatures}
        return "both" if len(images) == 2 else "offline" if images == {True} else "online"

    def digests(self, *, required: bool) -> Digests:
        """Return the SHA-256 of each signature's content, None of an image that cannot be read.

        Raises `IngestError` where one is required and cannot be told.
        """
        found: list[str | None] = []
        for number, new in enumerate(self.signatures, 1):
            if isinstance(new, PlainPoints):
                found.append(sha256_of(text_of(new.points)))
                continue
            try:
                found.append(digest_of(new.local_uri))
            except IngestError as error:
                if required:
                    raise IngestError(f"signature {number}: {error}") from error
                found.append(None)
        return found

    def request(self, digests: Digests) -> str:
        """Return the call as JSON, with digests in the place of contents."""
        told = [
            {
                "kind": "image" if isinstance(new, PlainImage) else "xyz",
                "content": digest,
                "metadata": sha256_of(json.dumps(new.metadata, sort_keys=True)),
            }
            for new, digest in zip(self.signatures, digests, strict=True)
        ]
        called = {
            "signee_id": self.signee_id,
            "forgery_of": self.forgery_of,
            "signatures": told,
        }
        return json.dumps(called, sort_keys=True)

    def first_digest(self, digests: Digests) -> str:
        """Return the digest that earlier versions of the project kept in the place of a request."""
        told: list[object] = []
        for new, digest in zip(self.signatures, digests, strict=True):
            if isinstance(new, PlainImage):
                told.append(["image", digest, new.metadata])
            else:
                told.append(["xyz", new.points])
        return sha256_of(json.dumps(told, sort_keys=True))


def plain_call(
    new_signatures: Iterable[AnyNewSignature],
    key: object,
    signee_id: object,
    forgery_of: object,
) -> Call:
    """Return a call as plain values; without a key, `""`, it has one that nobody can repeat.

    Raises `IngestError` where it cannot be registered.
    """
    return Call(
        plain_signatures(new_signatures),
        uuid4().hex if key == "" else plain_key(key),
        key != "",
        plain_id(signee_id, "signee_id"),
        plain_id(forgery_of, "forgery_of"),
    )


def is_same(known: str, asked: str) -> tuple[bool, bool]:
    """Tell of two requests whether they are the same, and whether all contents were compared.

    A content counts as the same where one side cannot tell it.
    """
    one, other = json.loads(known), json.loads(asked)
    pairs = list(zip(one.pop("signatures"), other.pop("signatures"), strict=False))
    lengths = len(json.loads(known)["signatures"]) == len(json.loads(asked)["signatures"])
    compared = all(None not in (mine["content"], its["content"]) for mine, its in pairs)
    for mine, its in pairs:
        if None in (mine["content"], its["content"]):
            mine["content"] = its["content"] = None
    return one == other and lengths and all(mine == its for mine, its in pairs), compared


def text_of(points: Iterable[Point]) -> str:
    """Return points as lines `x,y,z`; each number is written so that it reads back equal."""
    return "\n".join(",".join(map(repr, point)) for point in points)


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
