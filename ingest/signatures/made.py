"""Makes what is stored of a call: its signee and its signatures, with their ids."""

from collections.abc import Sequence
from datetime import datetime

from ingest.common.errors import IngestError
from ingest.signatures.call import Call
from ingest.signatures.collaborators import (
    AnySignature,
    AssetService,
    ImageSignature,
    Signee,
    XYZPoint,
    XYZSignature,
)
from ingest.signatures.plain import PlainImage, plain_id
from ingest.signatures.tables import REGISTERED, key_of

Original = tuple[str | None, str | None]
"""Whom a signature imitates, and which signature of theirs; None and None where it is genuine."""


def signee_of(call: Call, at: datetime, local_id: str | None = None) -> Signee:
    """Return who signs: a new signee, or the registered one that the call names."""
    return Signee(
        id=call.signee_id or key_of(REGISTERED, call.medium, _role(call), call.key),
        created=at,
        local_id=local_id or call.signee_id or call.key,
        medium=call.medium,
        is_forger=call.forgery_of is not None,
    )


def asset_ids(call: Call, assets: AssetService) -> list[str | None]:
    """Register the images of a call in its order, with their metadata; None in place of points.

    Raises `IngestError` where the service gives no id, or as the warehouse's own does.
    """
    found: list[str | None] = []
    for number, new in enumerate(call.signatures, 1):
        if not isinstance(new, PlainImage):
            found.append(None)
            continue
        try:
            asset_id = assets.register_asset(local_uri=new.local_uri, metadata=dict(new.metadata))
            found.append(plain_id(asset_id, "what the asset service returns") or _no_id())
        except IngestError as error:
            raise IngestError(f"signature {number}: {error}") from error
    return found


def signatures_of(
    call: Call,
    signee: Signee,
    assets: Sequence[str | None],
    original: Original = (None, None),
    before: int = 0,
) -> list[AnySignature]:
    """Return the signatures of a call; `before` is how many its signee has already."""
    made: list[AnySignature] = []
    for number, (new, asset_id) in enumerate(zip(call.signatures, assets, strict=True), 1):
        medium = "online" if asset_id is None else "offline"
        signature_id = key_of(REGISTERED, medium, _role(call), call.key, "", str(number))
        rest = {
            "id": signature_id,
            "signee_id": signee.id,
            "created": signee.created,
            "metadata": dict(new.metadata),
            "sample_number": before + number,
            "reference_signee_id": original[0],
            "reference_signature_id": original[1],
        }
        if isinstance(new, PlainImage):
            made.append(ImageSignature(asset_id=str(asset_id), **rest))  # type: ignore[arg-type]
        else:
            points = [XYZPoint(*point) for point in new.points]
            made.append(XYZSignature(points=points, **rest))  # type: ignore[arg-type]
    return made


def _role(call: Call) -> str:
    return "genuine" if call.forgery_of is None else "forger"


def _no_id() -> str:
    raise IngestError("what the asset service returns must be an id, not None")
