"""Sample images: plain colours with some noise, a copy, and one file of each fault."""

import io
import random
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from ingest.common.paths import home

SEED = 64
IMAGES = 40
SIDE = 64  # pixels


def generate(folder: Path) -> Iterator[Path]:
    """Write the folder `images`; the same content on every machine with the same Pillow."""
    images = folder / ".images"
    images.mkdir(parents=True, exist_ok=True)
    for number in range(1, IMAGES + 1):
        kind = "JPEG" if number % 4 == 0 else "PNG"
        name = f"photo_{number:03}.{'jpg' if kind == 'JPEG' else 'png'}"
        (images / name).write_bytes(picture(random.Random(SEED + number), kind))
    whole = picture(random.Random(SEED), "PNG")
    for name, content in {"whole.png": whole, "copy_of_whole.png": whole, **faults(whole)}.items():
        (images / name).write_bytes(content)
    yield images.replace(folder / "images")


@contextmanager
def inputs(folder: Path) -> Iterator[Mapping[str, object]]:
    """Let a stand-in for the classifier answer over a broker that is a folder."""
    from ingest.samples.classifier import standing_in

    broker = f"filesystem://{home() / 'broker'}"
    with standing_in(broker, "to_ai", "from_ai"):
        yield {"images": folder / "images", "broker": broker}


def picture(chance: random.Random, kind: str = "PNG", side: int = SIDE) -> bytes:
    """Return an image file of `side` x `side` pixels: one colour with noise on it."""
    colour = [chance.randrange(256) for _ in range(3)]
    noise = chance.randbytes(side * side * 3)
    pixels = bytes(min(255, colour[i % 3] // 8 * 7 + byte // 8) for i, byte in enumerate(noise))
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), pixels).save(file, kind)
    return file.getvalue()


def faults(whole: bytes) -> dict[str, bytes]:
    """Return what classifiers choke on: a name and bytes each. `whole` is a good PNG."""
    return {
        "truncated.png": whole[: len(whole) // 2],
        "text.jpg": b"This is no picture.\n",
        "empty.png": b"",
        "bomb.png": _png_of_zeros(60_000, 60_000),
    }


def _png_of_zeros(width: int, height: int) -> bytes:
    """A file of some kilobytes that claims to be gigabytes of pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1 << 20), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
