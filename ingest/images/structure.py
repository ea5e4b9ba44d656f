"""One published image, and what people make of it: pixels, colours, a picture in a notebook."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_TITLE = 40  # characters shown


@dataclass(frozen=True, repr=False)
class ImageStructure:
    """One published image.

    `content` is the file as its host sent it, in `format` ("PNG", "JPEG", ...); `width` and
    `height` are in pixels, `sha256` is that of the content in hex, and `fetched_at` is in UTC.
    `image_id` never changes; the number of an image that left stays free. `mode` is Pillow's,
    `frames` are those of an animation, `orientation` is that of EXIF, and `is_one_colour` tells
    whether one colour fills it; they are None where it was landed before they were noted.
    """

    image_id: int
    url: str
    title: str
    fetched_at: datetime
    width: int
    height: int
    format: str
    sha256: str
    content: bytes
    mode: str | None = None
    frames: int | None = None
    orientation: int | None = None
    is_one_colour: bool | None = None

    def to_pil(self) -> "Image":
        """Decode the content; the image is loaded in full and keeps its own mode."""
        from PIL import Image

        image = Image.open(io.BytesIO(self.content))
        image.load()
        return image

    def to_rgb(self) -> "Image":
        """Decode the content to mode RGB, 8 bits a colour, turned upright as EXIF says.

        What is transparent is laid on white, 16 bits are scaled, palettes and CMYK are resolved;
        of an animation it is the first frame.
        """
        return as_rgb(self.to_pil())

    def __repr__(self) -> str:
        """Say what it is, without its bytes."""
        title = self.title
        if len(title) > LONGEST_TITLE:
            title = f"{title[: LONGEST_TITLE - 3]}..."
        return (
            f"<image {self.image_id}: {title!r}, {self.format} {self.width} x {self.height}, "
            f"{len(self.content):,} bytes>"
        )

    def _repr_png_(self) -> bytes:
        """Show itself in a notebook."""
        if self.format == "PNG":
            return self.content
        file = io.BytesIO()
        self.to_rgb().save(file, "PNG")
        return file.getvalue()


def as_rgb(image: "Image") -> "Image":
    """Return an image in mode RGB; see `ImageStructure.to_rgb`."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        image = _in_eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _in_eight_bits(image: "Image") -> "Image":
    """Scale what has more than 8 bits a pixel: whole numbers by their range, fractions of one."""
    is_real, is_16_bits = image.mode == "F", image.mode.startswith("I;16")
    # An offset that is not asked for would round down
    image = image if is_real else image.convert("I").convert("F")
    _, highest = image.getextrema()
    if not isinstance(highest, (int, float)):
        return image.convert("L")
    if is_16_bits:
        scale = 1 / 257
    elif is_real:
        scale = 255.0 if highest <= 1 else 1.0
    else:
        scale = 1.0 if highest <= 255 else 1 / 257 if highest <= 65_535 else 1 / (1 << 23)
    return image.point(lambda value: value * scale + 0.5).convert("L")
