"""Reads a growing log: whole lines only, each once, wherever rotation has moved its file.

    test_runs.log.2, .1, test_runs.log -> which landed file does each go on from? -> its new lines

Lines are landed as they stand, with the number of their file and their first byte in it.
"""

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.education.log_files import LogFile, open_files, places_to_go_on
from ingest.education.tables import TABLES, problem_of
from ingest.landing.ledger import Run
from ingest.warehouse.raw_tables import arrow_schema, rows

BLOCK_BYTES = 4 << 20
LONGEST_LINE = 64 << 20  # bytes; this is no log of test runs


def read_log(run: Run, path: Path) -> Iterator[tuple[str, pa.Table]]:
    """Yield the lines that were completed since the last run, then one row a file read.

    Raises `IngestError` where the log is missing, or a line has no end within 64 MiB.
    """
    with open_files(path) as files:
        for place in places_to_go_on(run, path, files):
            run.progress.expect(place.file.size - place.offset)
            yield from _new_lines(run, path, place.file, place.file_id, place.offset)
        if not any(file.is_current for file in files):
            raise IngestError(f"{path} cannot be read: there is no such file")


def _new_lines(
    run: Run, path: Path, file: LogFile, file_id: int, start: int
) -> Iterator[tuple[str, pa.Table]]:
    offset, lines_read = start, 0
    while block := _whole_lines(file, offset):
        lines = _lines(file_id, offset, block)
        offset += len(block)
        lines_read += lines.num_rows
        run.units_read += lines.num_rows
        run.progress.advance(len(block))
        yield "log_lines", lines
    if lines_read:
        where = (str(path.resolve()), str(file.path), file_id, file.device, file.inode)
        extent = (start, offset, lines_read, file.head(offset), file.tail(offset))
        row = (*where, *extent, datetime.now(timezone.utc))
        yield "log_reads", rows(TABLES["log_reads"], [row])


def _whole_lines(file: LogFile, offset: int) -> bytes:
    """Return some whole lines from `offset` on, their line ends included; empty where none is."""
    length = BLOCK_BYTES
    while True:
        block = file.read(offset, length)
        if end := block.rfind(b"\n") + 1:
            return block[:end]
        if len(block) < length:
            return b""
        if length >= LONGEST_LINE:
            raise IngestError(f"{file.path}, byte {offset}: no line end within 64 MiB")
        length *= 2


def _lines(file_id: int, offset: int, block: bytes) -> pa.Table:
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
    ]
    return pa.table(columns, schema=arrow_schema(TABLES["log_lines"]))
