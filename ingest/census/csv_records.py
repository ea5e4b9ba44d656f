"""Splits a CSV file into records without judging them (RFC 4180; comma, double quotes, UTF-8).

    file -> header -> blocks of whole lines -> plain block   -> Arrow's CSV reader
                                            -> any other one -> record by record, with care

Every record comes out once: as a row of text fields, or as a malformed line with its bytes. What
cannot be a record costs its first line only, and reading goes on with the next: a quote that is
never closed does not swallow the rest of the file.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from ingest.common.errors import IngestError

BOM = b"\xef\xbb\xbf"
BLOCK_BYTES = 1 << 20
LONGEST_LINE = 16 << 20  # bytes; no record of people or places, but a file of another kind
LONGEST_RECORD = 1 << 20  # bytes; a quoted field that goes on for longer was never closed

NUL = "\udc00"  # stands for a NUL while a line is taken apart: neither csv nor Postgres takes one

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


def read_header(file: BinaryIO, name: str, columns: Sequence[str]) -> None:
    """Read the first line and check that it names `columns` in this order.

    Raises `IngestError` naming the file and line 1 where the file is empty or has another header.
    """
    line = file.readline(LONGEST_RECORD)
    if not line:
        raise IngestError(f"{name} is empty: line 1 must be the header {','.join(columns)}")
    text = line.removeprefix(BOM).rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    if [part.strip('"') for part in text.split(",")] != list(columns):
        shown = text if len(text) <= 200 else f"{text[:200]}..."
        raise IngestError(f"{name}, line 1: the header is {shown!r}, not {','.join(columns)!r}")


def read_records(file: BinaryIO, name: str, columns: Sequence[str]) -> Iterator[Block]:
    """Yield the records after the header; call `read_header` first.

    Raises `IngestError` naming file and line where a line is longer than 16 MiB.
    """
    line = 2
    while block := file.read(BLOCK_BYTES):
        block += _rest_of_line(file, name, line + block.count(b"\n"))
        records = _plain(block, columns, line) if _looks_plain(block) else None
        if records is not None:
            yield records
            line += len(records.lines)
        else:
            reader = _CarefulReader(file, name, block, line, columns)
            yield reader.read()
            line = reader.line


def _rest_of_line(file: BinaryIO, name: str, line: int) -> bytes:
    rest = file.readline(LONGEST_LINE)
    if len(rest) == LONGEST_LINE:
        raise IngestError(f"{name}, line {line}: longer than 16 MiB; this is no CSV file")
    return rest


def _looks_plain(block: bytes) -> bool:
    """Whether no line of the block needs more than a split at its commas."""
    has_blank_line = block.startswith((b"\n", b"\r")) or b"\n\n" in block or b"\n\r" in block
    lone_returns = block.count(b"\r") - block.count(b"\r\n")
    return not (has_blank_line or lone_returns or b'"' in block or b"\0" in block)


def _plain(block: bytes, columns: Sequence[str], line: int) -> Block | None:
    """Read a block at Arrow's speed; None where any of its lines needs a closer look."""
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(block),
            pa.csv.ReadOptions(
                column_names=list(columns), block_size=len(block) + 1, use_threads=False
            ),
            pa.csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
            pa.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    fields = [column.combine_chunks() for column in table.columns]
    return Block(fields, pa.arange(line, line + table.num_rows))


class _CarefulReader:
    """Reads one block record by record, and on into the file while a quoted field is open."""

    def __init__(
        self, file: BinaryIO, name: str, block: bytes, line: int, columns: Sequence[str]
    ) -> None:
        self.file, self.name, self.line, self.width = file, name, line, len(columns)
        self.pending = deque(re.findall(rb"[^\n]*\n|[^\n]+", block))

    def read(self) -> Block:
        rows: list[Sequence[str]] = []
        lines: list[int] = []
        malformed: list[Malformed] = []
        while self.pending:
            taken = [self.pending.popleft()]
            fields = self._fields(taken)
            if (
                fields is None
            ):  # not CSV: its first line alone is to blame, the others get their turn
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

    def _fields(self, taken: list[bytes]) -> list[str] | None:
        """Return the fields of the record that `taken` begins; `taken` grows by its other lines."""
        text = _decode(taken[0])
        if '"' not in text:
            return text.removesuffix("\n").removesuffix("\r").split(",")
        try:
            return next(csv.reader(chain([text], self._more(taken)), strict=True))
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
        return _rest_of_line(self.file, self.name, self.line + ahead)


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
