"""Reads SOURCE_B's INDEX line by line, at any size, without judging the lines."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from ingest.common.errors import IngestError
from ingest.common.paths import path_text
from ingest.signatures.folder import Entry

LONGEST_LINE = 1 << 20  # bytes; a line of an INDEX has 76
LINES_A_CHUNK = 50_000


def digest(entry: Entry) -> str:
    """Return the SHA-256 of the file, in hex."""
    found = hashlib.sha256()
    with _open(entry) as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def read_lines(entry: Entry, expected: str) -> Iterator[list[bytes]]:
    """Yield the lines in chunks, without their line feeds.

    Raises `IngestError` where the file is empty, holds a line of more than 1 MiB, or is not of
    the SHA-256 `expected`.
    """
    found = hashlib.sha256()
    with _open(entry) as file:
        lines = _lines(file, path_text(entry.full_path))
        first = True
        while chunk := list(islice(lines, LINES_A_CHUNK)):
            first = False
            for line in chunk:
                found.update(line)
            yield [line.removesuffix(b"\n") for line in chunk]
    if first:
        raise IngestError(
            f"{path_text(entry.full_path)} is empty: line 1 must be the number of signatures"
        )
    if found.hexdigest() != expected:
        raise IngestError(
            f"{path_text(entry.full_path)} changed while it was read; "
            "run again when its writer is done"
        )


def _open(entry: Entry) -> BinaryIO:
    try:
        return entry.full_path.open("rb")
    except OSError as error:
        raise IngestError(
            f"{path_text(entry.full_path)} cannot be read: {error.strerror}"
        ) from error


def _lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise IngestError(f"{name}, line {number}: longer than 1 MiB; this is no INDEX")
        yield line
