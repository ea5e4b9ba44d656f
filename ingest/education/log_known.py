"""Tells how much of a file is landed as the lines of files that lie nowhere any more.

The lines of a file may be landed from some byte on only: those before it lay in another file. That
both begin alike is told by the SHA-256 of the first 4 KiB, of which the landed lines are a part.
"""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from ingest.education.log_files import FINGERPRINT_BYTES, LandedFile, LogFile


class Known(Protocol):
    """What is landed of a log."""

    @property
    def files(self) -> Sequence[LandedFile]:
        """The files as they were landed last."""
        ...

    def begin_like(self, file: LogFile) -> Sequence[LandedFile]:
        """Return those of which the first line of this file is landed, at byte 0."""
        ...

    def lines(self, known: LandedFile, offset: int) -> Sequence[tuple[int, bytes]]:
        """Return the next lines landed from a byte on, each with its first byte; [] at the end."""
        ...


def landed_share(file: LogFile, known: Known, claimed: set[LandedFile]) -> int:
    """Return how many bytes of whole lines a file begins with as one that is not `claimed` did."""
    begin_later = [was for was in known.files if 0 < was.from_offset < file.size]
    gone = [was for was in (*known.begin_like(file), *begin_later) if was not in claimed]
    return max((_share(file, known, was) for was in gone), default=0)


def _share(file: LogFile, known: Known, was: LandedFile) -> int:
    if was.from_offset and not _begin_alike(file, known, was):
        return 0
    shared = 0
    while lines := known.lines(was, shared):
        for offset, line in lines:
            whole = line + b"\n"
            if file.read(offset, len(whole)) != whole:
                return shared
            shared = offset + len(whole)
    return shared


def _begin_alike(file: LogFile, known: Known, was: LandedFile) -> bool:
    """Whether the landed file began with the bytes of this one that are not landed of it."""
    length = min(was.to_offset, FINGERPRINT_BYTES)
    head, offset = bytearray(file.read(0, length).ljust(length)), 0
    while offset < length and (lines := known.lines(was, offset)):
        for begin, line in lines:
            offset = begin + len(line) + 1
            head[begin:offset] = line + b"\n"
    return hashlib.sha256(head[:length]).hexdigest() == was.head_sha256
