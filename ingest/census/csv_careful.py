"""Takes apart what Arrow's CSV reader does not: record by record, whatever stands in it."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

import pyarrow as pa

from ingest.common.errors import IngestError

LONGEST_LINE = 16 << 20  # bytes; no record of people or places, but a file of another kind
LONGEST_RECORD = 1 << 20  # bytes; a quoted field that goes on for longer was never closed

NUL = "\udc00"  # stands for a NUL while a line is taken apart: neither csv nor Postgres takes one
QUOTED = re.compile(rb'"[^"]*"')

csv.field_size_limit(LONGEST_RECORD)


@dataclass(frozen=True)
class Malformed:
    """A line that is no record: where it stands, what is wrong, and its bytes as they are."""

    line: int
    problem: str
    field_count: int | None
    raw_bytes: bytes


@dataclass
class Block:
    """Some records of a file, in their order; `fields` and `lines` are of one length."""

    fields: list[pa.Array]
    lines: pa.Array
    malformed: list[Malformed] = field(default_factory=list)


class CarefulReader:
    """Reads one block record by record, and on into the file while a quoted field is open."""

    def __init__(
        self, file: BinaryIO, name: str, block: bytes, line: int, width: int, separator: str
    ) -> None:
        self.file, self.name, self.line, self.width = file, name, line, width
        self.separator = separator
        self.pending = deque(re.findall(rb"[^\n]*\n|[^\n]+", block))

    def read(self) -> Block:
        """Return the records of the block, the rest of one that it breaks off included."""
        rows: list[Sequence[str]] = []
        lines: list[int] = []
        malformed: list[Malformed] = []
        while self.pending:
            taken = [self.pending.popleft()]
            fields = self._fields(taken)
            if len(taken) > 1 and fields is not None and not self._is_one_record(fields, taken):
                fields = None
            if fields is None:  # its first line alone is to blame, the others get their turn
                self.pending.extendleft(reversed(taken[1:]))
                del taken[1:]
            raw = b"".join(taken)
            problem = _problem(fields, _decode(raw), self.width)
            if fields is None or problem:
                count = len(fields) if fields is not None else None
                raw = raw.removesuffix(b"\n").removesuffix(b"\r")
                malformed.append(Malformed(self.line, problem, count, raw))
            else:
                rows.append(fields)
                lines.append(self.line)
            self.line += len(taken)
        columns = zip(*rows, strict=True) if rows else [()] * self.width
        return Block(
            [pa.array(c, pa.string()) for c in columns], pa.array(lines, pa.int64()), malformed
        )

    def _is_one_record(self, fields: Sequence[str], taken: Sequence[bytes]) -> bool:
        is_strict = are_paired(b"".join(taken).split(b'"'), self.separator)
        return (
            is_strict
            and len(fields) == self.width
            and not swallows(taken, self.width, self.separator)
        )

    def _fields(self, taken: list[bytes]) -> list[str] | None:
        """Return the fields of the record that `taken` begins; `taken` grows by its other lines."""
        text = _decode(taken[0])
        if '"' not in text:
            return text.removesuffix("\n").removesuffix("\r").split(self.separator)
        lines = chain([text], self._more(taken))
        try:
            return next(csv.reader(lines, delimiter=self.separator, strict=True))
        except csv.Error:
            return None

    def _more(self, taken: list[bytes]) -> Iterator[str]:
        size = len(taken[0])
        while size < LONGEST_RECORD:
            line = self.pending.popleft() if self.pending else self._from_file(len(taken))
            if not line:
                return
            taken.append(line)
            size += len(line)
            yield _decode(line)

    def _from_file(self, ahead: int) -> bytes:
        return rest_of_line(self.file, self.name, self.line + ahead)


def rest_of_line(file: BinaryIO, name: str, line: int) -> bytes:
    """Read to the end of a line; raises `IngestError` where it is longer than 16 MiB."""
    rest = file.readline(LONGEST_LINE)
    if len(rest) == LONGEST_LINE:
        raise IngestError(f"{name}, line {line}: longer than 16 MiB; this is no CSV file")
    return rest


def are_paired(pieces: Sequence[bytes], separator: str) -> bool:
    """Whether quotes begin and end whole fields; `pieces` lie between them, outside and inside.

    An empty piece outside is a doubled quote: the field goes on. Arrow would read quotes in other
    places too, each in its own way.
    """
    outside = {*pieces[2:-1:2]} - {b""}
    opens = {pieces[0], *outside} - {b""}
    closes = {pieces[-1], *outside} - {b""}
    return (
        len(pieces) % 2 == 1
        and all(piece.endswith((separator.encode(), b"\n")) for piece in opens)
        and all(piece.startswith((separator.encode(), b"\n", b"\r\n")) for piece in closes)
    )


def swallows(lines: Sequence[bytes], width: int, separator: str) -> bool:
    """Whether what two quotes make one record of looks like several: a stray quote, most likely.

    So it does where a line between the first and the last would be a record by itself, or where
    those two would: a field that holds a line break leaves the fields before it on the first
    line, and those after it on the last.
    """
    first, *inner, last = lines
    ends = (first, last[::-1])  # backwards, the last line too begins outside of quotes
    return any(_is_whole(line, width, separator) for line in inner) or all(
        _is_whole(line, width, separator) for line in ends
    )


def _is_whole(line: bytes, width: int, separator: str) -> bool:
    return QUOTED.sub(b"", line).count(separator.encode()) == width - 1


def _decode(raw: bytes) -> str:
    """Decode so that nothing is lost on the way: bad bytes and NULs become lone surrogates."""
    return raw.decode("utf-8", "surrogateescape").replace("\0", NUL)


def _problem(fields: Sequence[str] | None, text: str, width: int) -> str:
    """Name what keeps this text from being a record; empty where nothing does."""
    if NUL in text:
        return "nul"
    if re.search("[\udc80-\udcff]", text):
        return "not utf-8"
    if fields is None:
        return "quotes"
    return "" if len(fields) == width else "field count"
