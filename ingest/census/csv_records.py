"""Splits a CSV file into records without judging them (RFC 4180; double quotes, UTF-8).

    file -> header -> blocks of whole records -> well-formed one -> Arrow's CSV reader
                                              -> any other one   -> record by record, with care

Every record comes out once: as a row of text fields, or as a malformed line with its bytes. What
cannot be a record costs its first line only, and reading goes on with the next: a stray quote
does not swallow the lines up to the next one.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from ingest.census.csv_careful import Block, CarefulReader, are_paired, rest_of_line, swallows
from ingest.common.errors import IngestError

BOM = b"\xef\xbb\xbf"
BLOCK_BYTES = 1 << 20
SEPARATORS = (",", ";", "\t", "|")
LONGEST_HEADER = 1 << 20  # bytes


def read_header(
    file: BinaryIO, name: str, columns: Sequence[str], separator: str | None = None
) -> str:
    """Read the first line, check that it names `columns` in this order; return what separates them.

    `separator` overrules what the header shows.
    Raises `IngestError` naming the file and line 1 where the file is empty or has another header.
    """
    line = file.readline(LONGEST_HEADER)
    if not line:
        raise IngestError(f"{name} is empty: line 1 must be the header {','.join(columns)}")
    text = line.removeprefix(BOM).rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    for each in (separator,) if separator else SEPARATORS:
        if [part.strip('"') for part in text.split(each)] == list(columns):
            return each
    shown = text if len(text) <= 200 else f"{text[:200]}..."
    expected = (separator or ",").join(columns)
    raise IngestError(f"{name}, line 1: the header is {shown!r}, not {expected!r}")


def read_records(
    file: BinaryIO, name: str, columns: Sequence[str], separator: str = ","
) -> Iterator[Block]:
    """Yield the records after the header; call `read_header` first.

    Raises `IngestError` naming file and line where a line is longer than 16 MiB.
    """
    line = 2
    while block := file.read(BLOCK_BYTES):
        block += rest_of_line(file, name, line + block.count(b"\n"))
        block += _rest_of_quoted(file, name, line, block)
        records = _at_speed(block, columns, line, separator)
        if records is not None:
            yield records
            line += block.count(b"\n")
        else:
            reader = CarefulReader(file, name, block, line, len(columns), separator)
            yield reader.read()
            line = reader.line


def _rest_of_quoted(file: BinaryIO, name: str, line: int, block: bytes) -> bytes:
    """Read on until a quoted field that the block breaks off ends, if it ever does."""
    rest: list[bytes] = []
    size = 0
    is_open = block.count(b'"') % 2 == 1
    line += block.count(b"\n")
    while is_open and size < BLOCK_BYTES:
        more = rest_of_line(file, name, line + len(rest))
        if not more:
            break
        rest.append(more)
        size += len(more)
        is_open = more.count(b'"') % 2 == 0
    return b"".join(rest)


def _at_speed(block: bytes, columns: Sequence[str], line: int, separator: str) -> Block | None:
    """Read a block with Arrow; None where any of its lines needs a closer look."""
    if not _looks_plain(block):
        return None
    starts = pa.arange(line, line + block.count(b"\n") + (not block.endswith(b"\n")))
    has_breaks = False
    if b'"' in block:
        pieces = block.split(b'"')
        if not are_paired(pieces, separator):
            return None
        has_breaks = b"\n" in b"".join(pieces[1::2])
        if has_breaks:
            found = _starts(block, len(columns), line, separator)
            if found is None:
                return None
            starts = pa.array(found, pa.int64())
    fields = _fields(block, columns, has_breaks, separator)
    if fields is None or len(fields[0]) != len(starts):
        return None
    return Block(fields, starts)


def _looks_plain(block: bytes) -> bool:
    """Whether no line of the block needs more than a split at separators and quotes."""
    has_blank_line = block.startswith((b"\n", b"\r")) or b"\n\n" in block or b"\n\r" in block
    lone_returns = block.count(b"\r") - block.count(b"\r\n")
    return not (has_blank_line or lone_returns or b"\0" in block)


def _starts(block: bytes, width: int, line: int, separator: str) -> list[int] | None:
    """Return the line that each record begins at; None where a quote may have swallowed some."""
    starts: list[int] = []
    taken: list[bytes] = []
    is_open = False
    for number, text in enumerate(block.removesuffix(b"\n").split(b"\n"), line):
        if not is_open:
            starts.append(number)
            taken.clear()
        is_open ^= text.count(b'"') % 2 == 1
        taken.append(text)
        if not is_open and len(taken) > 1 and swallows(taken, width, separator):
            return None
    return starts


def _fields(
    block: bytes, columns: Sequence[str], has_breaks: bool, separator: str
) -> list[pa.Array] | None:
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(block),
            pa.csv.ReadOptions(
                column_names=list(columns), block_size=len(block) + 1, use_threads=False
            ),
            pa.csv.ParseOptions(
                delimiter=separator,
                quote_char='"' if b'"' in block else False,
                newlines_in_values=has_breaks,
                ignore_empty_lines=False,
            ),
            pa.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return [column.combine_chunks() for column in table.columns]
