"""Sample signatures: invented strokes and images, and a few files of each fault of upstream."""

import io
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import cos, sin
from pathlib import Path
from uuid import UUID

from PIL import Image, ImageDraw

SEED = 1905
SIGNEES = 12
SAMPLES = 4
FORGERS = 5
INDEXED = 20

FAULTY_STROKES = {
    "Online/Genuine/001_91.HWR": b"",
    "Online/Genuine/001_92.HWR": b"1,2,3\n4,5\n7,8,9",
    "Online/Genuine/001_93.HWR": b"1,2,3\n7,8,9.0,",
    "Online/Genuine/001_94.HWR": b"1,2,nan\n",
    "Online/Genuine/001_95.HWR": b"1,2,1e999\n",
    "Online/Genuine/001_96.HWR": b"1,2,3\n\n4,5,6\n",
    "Online/Genuine/001_97.HWR": b"1,2,\xff\0\n",
    "Online/Forgeries/0100999_1.HWR": b"1,2,3\n",
    "Offline/Genuine/one_1.PNG": b"",
    "Online/Genuine/one_1.HWR": b"1,2,3\n",
    "Online/001_1.HWR": b"1,2,3\n",
    "Offline/Genuine/001_91.PNG": b"",
}
STRANGERS = {
    # its parent is not there
    "dddddddd-0000-4000-8000-000000000001": "dddddddd-0000-4000-8000-00000000ffff",
    # its parent is a forgery
    "eeeeeeee-0000-4000-8000-000000000001": "dddddddd-0000-4000-8000-000000000001",
}


def generate(folder: Path) -> Iterator[Path]:
    """Write `SOURCE_A` and `SOURCE_B`; the same content on every machine."""
    beside = folder.with_name(f".{folder.name}")
    rng = random.Random(SEED)
    source_a(beside / "SOURCE_A", rng, SIGNEES, SAMPLES, FORGERS)
    for name, content in FAULTY_STROKES.items():
        _write(beside / "SOURCE_A" / name, content)
    source_b(beside / "SOURCE_B", rng)
    beside.replace(folder)
    yield from (folder / "SOURCE_A", folder / "SOURCE_B")


@contextmanager
def inputs(folder: Path) -> Iterator[Mapping[str, Path]]:
    """Yield the two folders."""
    yield {"source_a": folder / "SOURCE_A", "source_b": folder / "SOURCE_B"}


def source_a(folder: Path, rng: random.Random, signees: int, samples: int, forgers: int) -> None:
    """Write genuine and forged signatures of `signees`, offline and online."""
    for signee in range(1, signees + 1):
        names = [f"Genuine/{signee:03}_{sample:02}" for sample in range(1, samples + 1)]
        names += [f"Forgeries/{forger + 100:04}{signee:03}_01" for forger in range(forgers)]
        for name in names:
            if rng.random() < 0.9:  # samples are missing here and there
                ending = rng.choice((".png", ".PNG"))
                _write(folder / "Offline" / f"{name}{ending}", drawing(strokes(rng, 40)))
            if rng.random() < 0.9:
                _write(folder / "Online" / f"{name}.HWR", lines(strokes(rng, rng.randint(60, 120))))


def source_b(folder: Path, rng: random.Random) -> None:
    """Write images and their INDEX; every third is a forgery of the one before it."""
    ids = [str(UUID(int=rng.getrandbits(128), version=4)) for _ in range(INDEXED)]
    parents = {uuid: ids[at - 1] if at % 3 == 2 else "" for at, uuid in enumerate(ids)} | STRANGERS
    for uuid in parents:
        _write(folder / uuid[0] / uuid[:8], drawing(strokes(rng, 40)))
    _write(folder / "f" / "ffffffff", b"not in INDEX")
    entries = "".join(f"{uuid}    {parent}\n" for uuid, parent in parents.items())
    _write(folder / "INDEX", f"{len(parents)}\n{entries}".encode())


def strokes(rng: random.Random, points: int) -> list[tuple[float, float, float]]:
    """Return a pen's way over paper: x and y in tenths of millimetres, z the pressure."""
    wide, high = rng.uniform(3, 9), rng.uniform(20, 60)
    return [
        (round(wide * at + high * sin(at / 2), 2), round(high * cos(at / 3), 2), rng.randint(0, 99))
        for at in range(points)
    ]


def lines(points: list[tuple[float, float, float]]) -> bytes:
    """Return points as an HWR file holds them."""
    return "\n".join(f"{x},{y},{z}" for x, y, z in points).encode()


def drawing(points: list[tuple[float, float, float]]) -> bytes:
    """Return points as a small PNG."""
    image = Image.new("L", (160, 48), 255)
    way = [(x / 3 % 160, 24 + y / 3) for x, y, _z in points]
    ImageDraw.Draw(image).line(way, fill=0)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
