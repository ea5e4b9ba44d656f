"""What an image is made of: proofs within bounds, facts, and pixels that a network can take."""

import io
import struct
import zlib

import pytest
from PIL import Image

from ingest.images import ImageStructure
from ingest.images.answers import Refused
from ingest.images.decode import FORMATS, Picture, decode, pixels_of
from ingest.images.limits import Limits
from ingest.images.structure import as_rgb


def encoded(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)  # type: ignore[arg-type]
    return file.getvalue()


def facts(content: bytes) -> Picture:
    return decode(content, Limits())


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_that_is_taken(kind: str) -> None:
    found = facts(encoded(Image.new("RGB", (9, 5)), kind))
    assert (found.format, found.width, found.height, found.is_one_colour) == (kind, 9, 5, True)


def test_facts() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    two = Image.frombytes("L", (2, 1), b"\0\xff")
    assert facts(encoded(two)) == Picture("PNG", 2, 1, "L", 1, 1, False)
    assert facts(encoded(Image.new("CMYK", (8, 8)), "JPEG", exif=turned)).orientation == 6
    frames = [Image.new("L", (4, 4), grey) for grey in (0, 90, 200)]
    animated = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert facts(animated).frames == 3
    with pytest.raises(Refused, match="too many frames"):
        decode(animated, Limits(image_frames=2))


def block(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = encoded(Image.new("RGB", (3, 3)))
BROKEN_HEADER = PNG[:8] + block(b"IHDR", bytes(5)) + PNG[33:]
SVG = b"<?xml version='1.0'?>\n<!-- drawn -->\n<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.mark.parametrize(
    ("content", "error", "detail"),
    [
        (encoded(Image.new("RGB", (16, 16)), "ICO"), "format not taken", "ICO"),
        (encoded(Image.new("RGB", (16, 16)), "JPEG2000"), "format not taken", "JPEG 2000"),
        (encoded(Image.new("RGB", (16, 16)), "PPM"), "format not taken", "PPM"),
        (SVG, "format not taken", "SVG"),
        (BROKEN_HEADER, "broken image", "PNG: "),
        (PNG[:29] + b"oops" + PNG[33:], "broken image", "PNG: "),
        (PNG[:40], "broken image", "PNG: "),
        (b"<html>", "not an image", "it begins with b'<html>'"),
        (b"", "not an image", "the answer is empty"),
    ],
)
def test_what_is_refused_is_named(content: bytes, error: str, detail: str) -> None:
    with pytest.raises(Refused) as refused:
        facts(content)
    assert refused.value.error == error
    assert refused.value.detail.startswith(detail)


def with_empty_scans(count: int) -> bytes:
    """A JPEG of 200 kB that goes over its pixels again and again, for nothing."""
    whole = encoded(Image.new("RGB", (500, 500), "red"), "JPEG", progressive=True)
    scan = b"\xff\xda\0\x08\x01\x01\0\x01\x3f\x10" + bytes(46)
    return whole[:-2] + scan * count + whole[-2:]


def test_a_jpeg_of_thousands_of_scans_is_not_even_begun() -> None:
    with pytest.raises(Refused, match="too many scans"):
        facts(with_empty_scans(3_595))


def test_decoding_ends_in_time() -> None:
    slow = with_empty_scans(3_595)
    with pytest.raises(Refused, match="too slow"):
        decode(slow, Limits(image_scans=10_000, decode_seconds=0.0))


def test_what_is_large_is_judged_by_its_pixels_and_scans() -> None:
    flat = encoded(Image.new("L", (2_000, 2_000)))
    assert len(flat) < 32 << 10
    assert pixels_of(flat) == 4_000_000
    assert (pixels_of(with_empty_scans(50)) or 0) > 50 * 250_000
    assert pixels_of(encoded(Image.new("RGB", (3, 3)), "GIF")) is None


def test_every_mode_becomes_rgb() -> None:
    def pixel(image: Image.Image) -> object:
        rgb = as_rgb(image)
        assert rgb.mode == "RGB"
        return rgb.getpixel((0, 0))

    clear = Image.new("P", (1, 1), 0)
    clear.putpalette([10, 20, 30])
    assert pixel(clear) == (10, 20, 30)
    clear.info["transparency"] = 0
    assert pixel(clear) == (255, 255, 255)
    assert pixel(Image.new("RGBA", (1, 1), (0, 0, 0, 0))) == (255, 255, 255)
    assert pixel(Image.new("LA", (1, 1), (0, 255))) == (0, 0, 0)
    assert pixel(Image.new("CMYK", (1, 1), (0, 0, 0, 0))) == (255, 255, 255)
    assert pixel(Image.new("1", (1, 1), 1)) == (255, 255, 255)
    assert pixel(Image.new("I;16", (1, 1), 65_535)) == (255, 255, 255)
    assert pixel(Image.new("I;16", (1, 1), 257 * 100)) == (100, 100, 100)
    assert pixel(Image.new("F", (1, 1), 0.5)) == (128, 128, 128)


def test_it_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = shown(encoded(Image.new("RGB", (2, 5)), exif=exif))
    assert image.to_pil().size == (2, 5)
    assert image.to_rgb().size == (5, 2)


def shown(content: bytes, kind: str = "PNG") -> ImageStructure:
    from datetime import datetime, timezone

    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    return ImageStructure(7, "http://h/x", "x" * 99, now, 3, 3, kind, "ab", content)


def test_it_is_short_on_a_screen_and_a_picture_in_a_notebook() -> None:
    image = shown(encoded(Image.effect_noise((64, 64), 9)))
    assert repr(image).startswith("<image 7: 'xxx")
    assert len(repr(image)) < 100
    assert image._repr_png_() == image.content
    assert shown(encoded(Image.new("CMYK", (2, 2)), "JPEG"), "JPEG")._repr_png_()[:4] == b"\x89PNG"
