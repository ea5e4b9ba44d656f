"""Takes the bytes of a log apart into lines, each with its first byte; memory stays a block's.

A line longer than 1 MiB is landed as how long it is and how it begins. Where it begins with NUL
bytes, a hole that a truncated file has, it ends with them: what follows is a line of its own.
"""

from collections.abc import Iterator
from itertools import accumulate

import pyarrow as pa

from ingest.education.log_files import LogFile
from ingest.education.tables import TABLES, TOO_LONG, problem_of
from ingest.warehouse.raw_tables import arrow_schema, rows

BLOCK_BYTES = 4 << 20
LONGEST_LINE = 1 << 20  # bytes; models reject much shorter ones, and show them
SHOWN = 80  # bytes of a longer one


def lines_of(
    file: LogFile, offset: int, file_id: int, origin_id: int, has_settled: bool
) -> Iterator[tuple[pa.Table, int]]:
    """Yield the whole lines from `offset` on as tables, each with the byte after it.

    With `has_settled` what stands after the last line end is a line too.
    """
    while offset < file.size:
        block = file.read(offset, BLOCK_BYTES)
        if not block:
            return
        if end := block.rfind(b"\n") + 1:
            yield from _short_and_long(file_id, offset, block[:end], origin_id)
            offset += end
            continue
        end, has_end = _end_of_line(file, offset)
        if not has_end and end == file.size and not has_settled:
            return
        length = end - offset - has_end
        if length <= LONGEST_LINE:
            line = file.read(offset, length)
            yield _lines(file_id, offset, line + b"\n", origin_id), end
        else:
            yield _too_long(file_id, offset, length, block[:SHOWN], origin_id), end
        offset = end


def _end_of_line(file: LogFile, offset: int) -> tuple[int, bool]:
    """Return the byte after a line, and whether a line feed ends it: the end of a hole does not."""
    at, is_hole = offset, True
    while block := file.read(at, BLOCK_BYTES):
        if is_hole and (rest := block.lstrip(b"\0")):
            is_hole = False
            hole = at + len(block) - len(rest) - offset
            if hole > LONGEST_LINE:
                return offset + hole, False
        if end := block.find(b"\n") + 1:
            return at + end, True
        at += len(block)
    return at, False


def _short_and_long(
    file_id: int, offset: int, block: bytes, origin_id: int
) -> Iterator[tuple[pa.Table, int]]:
    """Yield whole lines; a block of some MiB may hold lines that are too long all the same."""
    begin = 0
    lines = block[:-1].split(b"\n")
    if max(map(len, lines)) <= LONGEST_LINE:
        yield _lines(file_id, offset, block, origin_id), offset + len(block)
        return
    for line in lines:
        end = begin + len(line) + 1
        if len(line) <= LONGEST_LINE:
            yield _lines(file_id, offset + begin, line + b"\n", origin_id), offset + end
        else:
            shown = line[:SHOWN]
            yield _too_long(file_id, offset + begin, len(line), shown, origin_id), offset + end
        begin = end


def _too_long(file_id: int, offset: int, length: int, shown: bytes, origin_id: int) -> pa.Table:
    told = b"%d bytes, which begin with %s" % (length, shown)
    return rows(TABLES["log_lines"], [(file_id, offset, None, TOO_LONG, told, origin_id)])


def _lines(file_id: int, offset: int, block: bytes, origin_id: int) -> pa.Table:
    lines = block[:-1].split(b"\n")
    offsets = accumulate((len(line) + 1 for line in lines[:-1]), initial=offset)
    if problem_of(block) is None:
        texts: list[str | None] = [*block[:-1].decode("utf-8").split("\n")]
        problems: list[str | None] = [None] * len(lines)
    else:
        problems = [problem_of(line) for line in lines]
        pairs = zip(lines, problems, strict=True)
        texts = [None if problem else line.decode("utf-8") for line, problem in pairs]
    columns = [
        [file_id] * len(lines),
        list(offsets),
        texts,
        problems,
        [line if problem else None for line, problem in zip(lines, problems, strict=True)],
        [origin_id] * len(lines),
    ]
    return pa.table(columns, schema=arrow_schema(TABLES["log_lines"]))
