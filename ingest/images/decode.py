"""Proves that bytes are an image: decodes them once with Pillow, within bounds."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from ingest.images.answers import Refused

# What Pillow only warns about is the host's affair, not the user's.
warnings.filterwarnings("ignore", module=r"PIL\.")
# Named, so that Pillow never hands a stranger's bytes to Ghostscript or a rare old decoder.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")


@dataclass(frozen=True)
class Picture:
    """What a decoded image turned out to be; width and height in pixels."""

    format: str
    width: int
    height: int


def decode(content: bytes, most_pixels: int) -> Picture:
    """Decode the image in full (of an animation the first frame).

    Raises `Refused` where it is none, is cut off, or has more than `most_pixels`: the size is
    read before any pixel is, so a decompression bomb costs nothing.
    """
    if not content:
        raise Refused("not an image", "the answer is empty")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            width, height = image.size
            if width * height > most_pixels:
                raise Refused("too many pixels", f"{width:,} x {height:,}")
            image.load()
            return Picture(str(image.format), width, height)
    except UnidentifiedImageError as error:
        raise Refused("not an image", f"it begins with {content[:16]!r}") from error
    except Image.DecompressionBombError as error:
        raise Refused("too many pixels", str(error)) from error
    except Refused:
        raise
    except Exception as error:  # Pillow's decoders raise whatever comes to their mind
        raise Refused("broken image", f"{type(error).__name__}: {error}"[:500]) from error
