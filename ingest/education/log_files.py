"""Tells which landed file each file of a log is, by place and by content.

A log is one path and the files that rotation leaves beside it (`test_runs.log.1`, `-20261121`).
A landed file is known by device, inode, and the SHA-256 of its first and of its last 4 KiB landed.
The inode alone is not enough (a truncated file keeps it, a new file may inherit it, copying
rotation gives the old lines a new one), and neither is the content alone (two logs may begin with
the same line). So the same inode with the same content is the same file; else the same content.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.common.errors import IngestError
from ingest.landing.ledger import Run

FINGERPRINT_BYTES = 4096
LINES_AT_ONCE = 10_000

LANDED = """
select file_id, device, inode, to_offset, head_sha256, tail_sha256 from (
    select *, row_number() over (partition by file_id order by to_offset desc) as age
    from raw_education.log_reads where origin_id = %s and _dlt_load_id in ({loads})
) as reads
where age = 1 order by file_id
"""
LINES = """
select byte_offset, coalesce(raw_bytes, convert_to(text, 'UTF8')) from raw_education.log_lines
where origin_id = %s and file_id = %s and byte_offset >= %s and _dlt_load_id in ({loads})
order by byte_offset limit %s
"""
NEXT_FILE_ID = "select coalesce(max(file_id), 0) + 1 from raw_education.log_reads"


@dataclass(frozen=True)
class LogFile:
    """One file of the log, open; `size` is its size in bytes when it was opened."""

    path: Path
    handle: BinaryIO
    device: str
    inode: str
    size: int
    is_current: bool

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset` on, none of them beyond `size`."""
        self.handle.seek(offset)
        return self.handle.read(max(0, min(length, self.size - offset)))

    def head(self, landed: int) -> str:
        """SHA-256 of the first bytes of what is landed, in hex."""
        return hashlib.sha256(self.read(0, min(landed, FINGERPRINT_BYTES))).hexdigest()

    def tail(self, landed: int) -> str:
        """SHA-256 of the last bytes of what is landed, in hex."""
        start = max(0, landed - FINGERPRINT_BYTES)
        return hashlib.sha256(self.read(start, landed - start)).hexdigest()


@dataclass(frozen=True)
class LandedFile:
    """A file as it was landed last, up to and without the byte `to_offset`."""

    file_id: int
    device: str
    inode: str
    to_offset: int
    head_sha256: str
    tail_sha256: str

    def is_at(self, file: LogFile) -> bool:
        """Whether the file is in the place where this one was."""
        return (self.device, self.inode) == (file.device, file.inode)

    def begins(self, file: LogFile) -> bool:
        """Whether the file begins with what was landed."""
        return (
            file.size >= self.to_offset
            and file.head(self.to_offset) == self.head_sha256
            and file.tail(self.to_offset) == self.tail_sha256
        )


@dataclass(frozen=True)
class Place:
    """Where to go on reading: the file, the number it is landed under, the next byte."""

    file: LogFile
    file_id: int
    offset: int


@contextmanager
def open_files(path: Path) -> Iterator[Sequence[LogFile]]:
    """Open the log and what rotation left beside it, oldest first, each file once."""
    rotated = re.compile(re.escape(path.name) + r"[.-][0-9]+")
    with ExitStack() as stack:
        # The current one first: should it be rotated meanwhile, it is found again and left out.
        opened = [_open(stack, path, is_current=True)]
        beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
        for other in beside:
            if rotated.fullmatch(other.name):
                opened.append(_open(stack, other, is_current=False))
        files: dict[tuple[str, str], LogFile] = {}
        for file in opened:
            if file is not None:
                files.setdefault((file.device, file.inode), file)
        yield sorted(
            files.values(), key=lambda f: (f.is_current, os.fstat(f.handle.fileno()).st_mtime)
        )


def _open(stack: ExitStack, path: Path, is_current: bool) -> LogFile | None:
    try:
        handle = stack.enter_context(path.open("rb"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IngestError(f"{path} cannot be read: {error.strerror}") from error
    stat = os.fstat(handle.fileno())
    return LogFile(path, handle, str(stat.st_dev), str(stat.st_ino), stat.st_size, is_current)


def landed_files(run: Run, origin_id: int) -> list[LandedFile]:
    """Return the files of a log as they were landed last, whatever its path was."""
    return [LandedFile(*row) for row in run.landed(LANDED, origin_id)]


def places_to_go_on(
    run: Run, path: Path, files: Sequence[LogFile], origin_id: int, tell: bool = False
) -> list[Place]:
    """Decide for each file whether it goes on from a landed one, and at which byte.

    With `tell`, a log whose file is another one is noted.
    """
    landed = landed_files(run, origin_id)
    free = {known.file_id: known for known in landed}
    claims: dict[LogFile, LandedFile] = {}

    def _claim(file: LogFile, in_place: bool) -> None:
        for known in reversed(list(free.values())):
            if (known.is_at(file) or not in_place) and file not in claims and known.begins(file):
                claims[file] = free.pop(known.file_id)

    for in_place in (True, False):
        for file in files:
            _claim(file, in_place)
    ((next_id,),) = run.landed(NEXT_FILE_ID)
    places = []
    for file in files:
        if file in claims:
            places.append(Place(file, claims[file].file_id, claims[file].to_offset))
        elif file.is_current or not any(known.begins(file) for known in landed):
            places.append(Place(file, next_id, _kept(run, origin_id, file, free.values())))
            next_id += 1
            if tell and landed and file.is_current:
                run.note(f"{path.name} was rotated, truncated or replaced")
        # else a copy of a file that is still in its place: copying rotation, half done
    return places


def _kept(run: Run, origin_id: int, file: LogFile, free: Iterable[LandedFile]) -> int:
    """Return how many bytes of whole lines a truncated file kept of what was landed."""
    known = next((k for k in free if k.is_at(file)), None)
    kept = 0
    while known is not None:
        lines = run.landed(LINES, origin_id, known.file_id, kept, LINES_AT_ONCE)
        for offset, line in lines:
            whole = bytes(line) + b"\n"
            if offset != kept or file.read(kept, len(whole)) != whole:
                return kept
            kept += len(whole)
        if not lines:
            break
    return kept
