"""Decodes an image to the last pixel of its first frame, where it is of a format that is sent.

What the classifier could not decode would go round in its queue for ever, so nothing is sent
that Pillow did not decode whole.
"""

import io
import warnings
from collections.abc import Collection

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from ingest.classification.protocol import FORMATS
from ingest.common.errors import IngestError

MOST_PIXELS = 50_000_000
FIRST_FORMATS = ("PNG", "JPEG")  # all that was decoded before a reading named its format
# Pillow's name for a JPEG file of several pictures, by which readers of JPEG see the first.
ALSO = {"MPO": "JPEG"}


def chosen(text: str | None) -> tuple[str, ...]:
    """Return the formats of a list with commas, by default all; raises `IngestError` as it may."""
    if text is None:
        return FORMATS
    names = tuple(name.strip().upper() for name in text.split(",") if name.strip())
    if unknown := [name for name in names if name not in FORMATS]:
        raise IngestError(f"--formats: {unknown[0]} is none of {', '.join(FORMATS)}")
    if not names:
        raise IngestError(f"--formats: name one or more of {', '.join(FORMATS)}")
    return names


def decode(content: bytes, formats: Collection[str]) -> tuple[str | None, str | None]:
    """Return why an image is not sent, None where it is, and a detail: of a good one its format."""
    if not content:
        return "empty", None
    try:
        with warnings.catch_warnings(), Pillow.open(io.BytesIO(content), formats=FORMATS) as image:
            found = ALSO.get(str(image.format), str(image.format))
            if found not in formats:
                return "format", found
            if image.width * image.height > MOST_PIXELS:
                return "too many pixels", f"{image.width} x {image.height} pixels"
            image.load()
    except Pillow.DecompressionBombError as error:
        return "too many pixels", str(error)
    except UnidentifiedImageError:
        return "undecodable", f"none of {', '.join(FORMATS)}"
    except Exception as error:  # Pillow's decoders raise whatever a broken file leads them to
        return "undecodable", f"{type(error).__name__}: {error}"[:200].replace("\0", "")
    return None, found


def is_judged(problem: str | None, detail: str | None, formats: Collection[str]) -> bool:
    """Whether a reading, of any version of this project, stands where these formats are sent."""
    if problem == "format":
        return detail not in formats
    if problem == "undecodable":  # as it was told when two formats were known
        return not (detail or "").startswith(UnidentifiedImageError.__name__)
    if problem is None:
        return {detail} <= {*formats} if detail else {*FIRST_FORMATS} <= {*formats}
    return True
