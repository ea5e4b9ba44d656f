"""Looks at the image files of a folder: reads, hashes and decodes those that are not known yet."""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from itertools import chain, islice
from pathlib import Path

from ingest.classification.decoding import decode
from ingest.classification.landed import Reading
from ingest.classification.protocol import photo_id
from ingest.common.errors import IngestError
from ingest.common.paths import path_text

LARGEST_IMAGE = 16 << 20  # bytes
AT_ONCE = 256  # files looked at before their rows are handed on
TURN = 32  # files that a thread looks at in one go


@dataclass(frozen=True)
class Image:
    """A file that was looked at; `problem` says why it is not sent, None where it can be.

    `detail` is the format of one that can be sent, else what is known of the problem.
    """

    path: Path
    size_bytes: int
    modified_ns: int
    read_at: datetime
    sha256: str | None = None
    photo_id: int | None = None
    problem: str | None = None
    detail: str | None = None


def name_in(folder: Path, path: Path) -> str:
    """Return a file's path within a folder, as text."""
    return path_text(path.relative_to(folder))


def path_of(text: str) -> Path:
    """Return the path that `path_text` made this text from."""
    whole = re.sub(rb"\\\\|\\x..", _unescaped, text.encode())
    return Path(os.fsdecode(whole))


def _unescaped(escape: "re.Match[bytes]") -> bytes:
    code = escape[0][2:]
    return bytes.fromhex(code.decode()) if code else b"\\"


def files(folder: Path, unreadable: dict[Path, str]) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the regular files of a folder and its subfolders, hidden ones left out, in order.

    Subfolders and files that cannot be looked at are added to `unreadable`, with the reason.
    Raises `IngestError` where the folder itself cannot be read.
    """
    if not folder.is_dir():
        raise IngestError(f"{folder} is no folder of images")

    def note(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise IngestError(f"{folder} cannot be read: {error.strerror}") from error
        unreadable[Path(error.filename)] = error.strerror or type(error).__name__

    for place, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            try:
                found = path.stat()
            except FileNotFoundError:
                continue  # removed since, or a link to nothing
            except OSError as error:
                if error.errno != errno.ELOOP and not name.startswith("."):
                    note(error)
                continue
            if stat.S_ISREG(found.st_mode) and not name.startswith("."):
                yield path, found


def look(
    found: Iterable[tuple[Path, os.stat_result]], formats: Collection[str]
) -> Iterator[list[Image]]:
    """Look at each file; yields images in chunks, in the order of `found`."""
    rest = iter(found)
    # Large images are decoded side by side; with small ones, more threads or shorter turns would
    # mostly wait for each other.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        while chunk := list(islice(rest, AT_ONCE)):
            turns = [chunk[start : start + TURN] for start in range(0, len(chunk), TURN)]
            yield list(chain.from_iterable(threads.map(partial(_look_at_some, formats), turns)))


def read_again(image: Path, expected_photo_id: int) -> bytes | None:
    """Return a file's bytes for sending; None where it is not the content that was looked at."""
    try:
        content = image.read_bytes()
    except OSError:
        return None
    return content if photo_id(hashlib.sha256(content).digest()) == expected_photo_id else None


def holds(path: Path, reading: Reading) -> bool:
    """Whether a file is there and holds what was read there; read only where it was touched."""
    try:
        found = path.stat()
        if (found.st_size, found.st_mtime_ns) == (reading.size_bytes, reading.modified_ns):
            return True
        same_size = found.st_size == reading.size_bytes
        return same_size and reading.sha256 is not None and _digest(path) == reading.sha256
    except OSError:
        return False


def contents(folder: Path) -> set[str]:
    """Return the SHA-256 of what each file of a folder holds that can be read."""
    found = set()
    for path, _ in files(folder, {}):
        with suppress(OSError):
            found.add(_digest(path))
    return found


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def _look_at_some(
    formats: Collection[str], found: list[tuple[Path, os.stat_result]]
) -> list[Image]:
    return [_look(*one, formats) for one in found]


def _look(path: Path, found: os.stat_result, formats: Collection[str]) -> Image:
    size, modified = found.st_size, found.st_mtime_ns
    now = datetime.now(timezone.utc)
    if size > LARGEST_IMAGE:
        return Image(path, size, modified, now, problem="too large")
    try:
        content = path.read_bytes()
    except OSError as error:
        return Image(path, size, modified, now, problem="unreadable", detail=error.strerror)
    digest = hashlib.sha256(content)
    problem, detail = decode(content, formats)
    number = None if problem else photo_id(digest.digest())
    size = len(content)
    return Image(path, size, modified, now, digest.hexdigest(), number, problem, detail)
