"""What is known of the files of a log: those that lie there, and those that are landed.

A landed file is known by device, inode, and the SHA-256 of its first and of its last 4 KiB landed.
The inode alone is not enough (a truncated file keeps it, a new file may inherit it, copying
rotation gives the old lines a new one), and neither is the content alone (two logs may begin with
the same line).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest.education.tables import TOO_LONG
from ingest.landing.ledger import Run

FINGERPRINT_BYTES = 4096
LINES_AT_ONCE = 10_000
PIECE = 1 << 20  # bytes

# The row with no more lines than the one before says that the file has settled.
LANDED = """
select
    file_id, device, inode, from_byte, to_offset, head_sha256, tail_sha256,
    coalesce(settled, is_older)
from (
    select
        *,
        row_number() over (partition by file_id order by to_offset desc, run_id desc) as age,
        min(from_offset) over (partition by file_id) as from_byte,
        file_id < max(file_id) over () as is_older
    from raw_education.log_reads where origin_id = %s and _dlt_load_id in ({loads})
) as reads
where age = 1 order by file_id
"""
LINES = """
select byte_offset, coalesce(raw_bytes, convert_to(text, 'UTF8')) from raw_education.log_lines
where origin_id = %s and file_id = %s and byte_offset >= %s and _dlt_load_id in ({loads})
    and problem is distinct from %s
order by byte_offset limit %s
"""
BEGIN_ALIKE = """
select file_id from raw_education.log_lines
where
    origin_id = %s and byte_offset = 0 and coalesce(raw_bytes, convert_to(text, 'UTF8')) = %s
    and _dlt_load_id in ({loads})
"""


@dataclass(frozen=True)
class LogFile:
    """One file of the log, open; `size` is its size in bytes when it was opened."""

    path: Path
    handle: IO[bytes]
    device: str
    inode: str
    size: int
    is_current: bool
    modified: int  # nanoseconds since 1970

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

    def shares(self, other: "LogFile") -> int:
        """Return how many bytes both files begin with alike."""
        length, shortest = 0, min(self.size, other.size)
        while length < shortest:
            one, two = self.read(length, PIECE), other.read(length, PIECE)
            if one[: len(two)] != two[: len(one)]:
                pairs = zip(one, two, strict=False)
                return length + next(n for n, (a, b) in enumerate(pairs) if a != b)
            length += max(1, min(len(one), len(two)))
        return shortest


@dataclass(frozen=True)
class LandedFile:
    """A file as it was landed last, up to and without the byte `to_offset`.

    Its lines before `from_offset`, the first byte that was read, were landed as another file's.
    It has `settled` once it was read to its end after it was rotated away.
    """

    file_id: int
    device: str
    inode: str
    from_offset: int
    to_offset: int
    head_sha256: str
    tail_sha256: str
    settled: bool

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


class Landed:
    """The files of the log `origin_id` as they were landed last, whatever its path was."""

    def __init__(self, run: Run, origin_id: int) -> None:
        self.run, self.origin_id = run, origin_id
        self.files = [LandedFile(*row) for row in run.landed(LANDED, origin_id)]

    def begin_like(self, file: LogFile) -> list[LandedFile]:
        """Return those whose first line landed is the first of this file."""
        line, end, _ = file.read(0, PIECE).partition(b"\n")
        found = self.run.landed(BEGIN_ALIKE, self.origin_id, line) if end else []
        return [known for known in self.files if (known.file_id,) in found]

    def lines(self, known: LandedFile, offset: int) -> list[tuple[int, bytes]]:
        """Return the next lines landed from a byte on; those that were too long are left out."""
        values = (self.origin_id, known.file_id, offset, TOO_LONG, LINES_AT_ONCE)
        found = self.run.landed(LINES, *values)
        return [(begin, bytes(line)) for begin, line in found]
