"""Lists a folder and reads its files, whatever lies there: every entry comes out once.

    folder -> entries, by relative path -> content, SHA-256, or what kept it from being read

A file is read again only where something says that it may have changed. Its fingerprint, of
device, inode, size, modification and change time, does not survive any write, rename or copy, so
the same fingerprint is the same content; where there is none, the SHA-256 decides.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.common.errors import IngestError
from ingest.common.paths import path_text

LARGEST_FILE = 32 << 20  # bytes; a larger one lands without its content
SETTLED_NS = 2_000_000_000  # file systems keep time in ticks of up to two seconds


@dataclass(frozen=True)
class Entry:
    """Something a folder holds: its path, its status, and what is wrong with it."""

    full_path: Path
    status: os.stat_result
    problem: str | None = None

    def fingerprint(self) -> str | None:
        """Return what changes with every write; None while the next write might not show."""
        at = self.status
        if self.problem or time.time_ns() - max(at.st_ctime_ns, at.st_mtime_ns) < SETTLED_NS:
            return None
        return f"{at.st_dev}:{at.st_ino}:{at.st_size}:{at.st_mtime_ns}:{at.st_ctime_ns}"


@dataclass(frozen=True)
class Read:
    """What reading a file gave; `content` is None where it is too large or cannot be read."""

    content: bytes | None
    sha256: str | None
    problem: str | None


def list_folder(root: Path) -> dict[str, Entry]:
    """Return what lies under `root`, at any depth, by relative path as text; in order.

    Links are followed. Raises `IngestError` where a folder cannot be listed: its files would
    look deleted.
    """
    return {path_text(entry.full_path.relative_to(root)): entry for entry in _walk(root, ())}


def _walk(folder: Path, above: tuple[tuple[int, int], ...]) -> Iterator[Entry]:
    try:
        here = folder.stat()
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise IngestError(f"{path_text(folder)} cannot be listed: {error.strerror}") from error
    above = (*above, (here.st_dev, here.st_ino))
    for path in paths:
        try:
            status = path.stat()
        except OSError as error:
            if path.is_symlink():
                yield Entry(path, path.lstat(), f"is a link to nothing: {error.strerror}")
            continue  # gone since the folder was listed
        if not stat.S_ISDIR(status.st_mode):
            odd = None if stat.S_ISREG(status.st_mode) else "is not a regular file"
            yield Entry(path, status, odd)
        elif (status.st_dev, status.st_ino) in above:
            yield Entry(path, status, "is a link to a folder that it lies in")
        else:
            yield from _walk(path, above)


def read_file(entry: Entry) -> Read | None:
    """Read a file whole; None where it is gone.

    Raises `IngestError` where it changed meanwhile.
    """
    if entry.problem:
        return Read(None, None, entry.problem)
    try:
        with entry.full_path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
            digest = hashlib.sha256(content)
            size = len(content)
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        return None
    except OSError as error:
        return Read(None, None, f"cannot be read: {error.strerror}")
    if (after.st_size, after.st_mtime_ns) != (size, entry.status.st_mtime_ns):
        raise IngestError(
            f"{path_text(entry.full_path)} changed while it was read; "
            "run again when its writer is done"
        )
    if size > LARGEST_FILE:
        return Read(None, digest.hexdigest(), f"is larger than {LARGEST_FILE >> 20} MiB")
    return Read(content, digest.hexdigest(), None)
