"""Proves that bytes are an image: decodes them once with Pillow, within bounds.

the first bytes -> its format -> header: pixels, scans -> every pixel, within seconds -> facts
"""

import io
import re
import time
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError, features

from ingest.images.answers import Refused
from ingest.images.limits import Limits

# What Pillow only warns about is the host's affair, not the user's.
warnings.filterwarnings("ignore", module=r"PIL\.")
# Named, so that Pillow never hands a stranger's bytes to Ghostscript or a rare old decoder.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF") + ("AVIF",) * bool(features.check("avif"))
BEGINNINGS = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "GIF": rb"GIF8[79]a",
    "WEBP": rb"RIFF.{4}WEBP",
    "BMP": rb"BM.{12}[\x0c-\x80]\0\0\0",
    "TIFF": rb"II\*\0|MM\0\*|II\+\0|MM\0\+",
    "AVIF": rb".{4}ftyp(?:.{4}){0,10}?avi[fs]",
    "HEIF": rb".{4}ftyp(?:hei[cfsx]|he[vi]c|mif1|msf1)",
    "JPEG 2000": rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51",
    "JPEG XL": rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n",
    "ICO": rb"\0\0[\x01\x02]\0[\x01-\x40]\0",
    "PPM": rb"P[1-7][\s#]",
    "PSD": rb"8BPS",
    "SVG": rb"\s*(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE svg[^>]*>|\s)*<(?:svg:)?svg[\s>]",
}
BEGINS = {name: re.compile(pattern, re.DOTALL) for name, pattern in BEGINNINGS.items()}
SCAN = b"\xff\xda"  # nothing but the begin of a scan in the data of a JPEG
PIECE = 4 << 10  # bytes that a decoder gets at a time; the clock is looked at in between
ORIENTATION = 0x0112  # the tag of EXIF


@dataclass(frozen=True)
class Picture:
    """What a decoded image turned out to be; width and height in pixels.

    `mode` is Pillow's, `orientation` that of EXIF (1 to 8, 1 where it says nothing), and
    `is_one_colour` tells whether all pixels of the first frame are alike.
    """

    format: str
    width: int
    height: int
    mode: str
    frames: int
    orientation: int
    is_one_colour: bool


class _Timed(io.BytesIO):
    """Bytes that are to be read within some seconds."""

    def __init__(self, content: bytes, seconds: float) -> None:
        super().__init__(content)
        self._until = time.monotonic() + seconds
        self._seconds = seconds

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self._until:
            raise Refused("too slow", f"not decoded within {self._seconds:g} s")
        return super().read(size)


def format_of(content: bytes) -> str | None:
    """Return the format that the first bytes announce, taken or not; None where it is unknown."""
    head = content[:1024]
    return next((name for name, begins in BEGINS.items() if begins.match(head)), None)


def pixels_of(content: bytes) -> int | None:
    """Return how many pixels are to be decoded, by the header; None where that has to be seen."""
    if format_of(content) not in ("PNG", "JPEG", "BMP"):
        return None
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            scans = content.count(SCAN) if image.format == "JPEG" else 1
            return int(image.width * image.height * scans)
    except Exception:  # what is wrong is told where it is decoded
        return None


def decode(content: bytes, limits: Limits) -> Picture:
    """Decode the image in full (of an animation the first frame).

    Raises `Refused` where it is none, is cut off, or goes beyond the limits: size and scans are
    known before any pixel is, so a decompression bomb costs nothing.
    """
    if not content:
        raise Refused("not an image", "the answer is empty")
    kind = format_of(content)
    if kind is None:
        raise Refused("not an image", f"it begins with {content[:16]!r}")
    if kind not in FORMATS:
        raise Refused("format not taken", kind)
    if kind == "JPEG" and (scans := content.count(SCAN)) > limits.image_scans:
        raise Refused("too many scans", f"{scans:,}, at most {limits.image_scans} are decoded")
    try:
        return _decoded(_Timed(content, limits.decode_seconds), kind, limits)
    except UnidentifiedImageError as error:
        raise Refused("broken image", f"{kind}: its header cannot be read") from error
    except Image.DecompressionBombError as error:
        raise Refused("too many pixels", str(error)) from error
    except Refused:
        raise
    except Exception as error:  # Pillow's decoders raise whatever comes to their mind
        text = f"{kind}: {type(error).__name__}: {error}"
        raise Refused("broken image", text[:500]) from error


def _decoded(file: io.BytesIO, kind: str, limits: Limits) -> Picture:
    with Image.open(file, formats=(kind,)) as image:
        width, height = image.size
        if width * height > limits.image_pixels:
            raise Refused("too many pixels", f"{width:,} x {height:,}")
        mode = image.mode  # some decoders change it
        if hasattr(image, "decodermaxblock"):
            image.decodermaxblock = PIECE
        image.load()
        bands = image.getextrema()
        bands = (bands,) if not isinstance(bands[0], tuple) else bands
        return Picture(
            *(str(image.format), width, height, mode),
            frames=_frames(image, limits.image_frames),
            orientation=_orientation(image),
            is_one_colour=all(low == high for low, high in bands),
        )


def _frames(image: Image.Image, most: int) -> int:
    if not getattr(image, "is_animated", False):
        return 1
    frames = int(getattr(image, "n_frames", 1))
    if frames > most:
        raise Refused("too many frames", f"{frames:,}, at most {most:,} are taken")
    return frames


def _orientation(image: Image.Image) -> int:
    """Return what EXIF says; what is broken in it says nothing, and breaks no image."""
    try:
        said = image.getexif().get(ORIENTATION)
    except Exception:
        return 1
    return said if isinstance(said, int) and 1 <= said <= 8 else 1
