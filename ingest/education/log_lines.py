"""Reads a growing log: whole lines only, each once, wherever rotation has moved its file.

    test_runs.log.2, .1, test_runs.log -> which landed file does each go on from? -> its new lines

Lines are landed as they stand, with the number of their file and their first byte in it.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.common.paths import absolute
from ingest.education.log_files import LogFile, Place, landed_files, open_files, places_to_go_on
from ingest.education.platform import Finding, Verdict
from ingest.education.tables import TABLES, problem_of
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import arrow_schema, rows

BLOCK_BYTES = 4 << 20
LONGEST_LINE = 64 << 20  # bytes; this is no log of test runs

LINES_LANDED = """
select coalesce(sum(lines_read), 0)::bigint from raw_education.log_reads
where origin_id = %s and _dlt_load_id in ({loads})
"""


class Log:
    """The log at `path`, and the files that rotation left beside it."""

    record_table = "test_runs"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: Sequence[LogFile] = ()

    @property
    def address(self) -> str:
        """The path, as it was given."""
        return absolute(self.path)

    def look(self, run: Run, known: Origin | None, stack: ExitStack) -> Finding:
        """Open the files, and tell whether any of them holds lines that are landed.

        Raises `IngestError` where there is no file at all.
        """
        self.files = stack.enter_context(open_files(self.path))
        if not self.files:
            raise self._missing()
        if not (known and landed_files(run, known.origin_id)):
            return Finding(Verdict.NOTHING, "", is_log=True)
        places = places_to_go_on(run, self.path, self.files, known.origin_id)
        if any(place.offset for place in places):
            return Finding(Verdict.SAME, f"{self.path} goes on with lines landed", is_log=True)
        return Finding(Verdict.GONE, f"{self.path} holds no line that is landed", is_log=True)

    def read(
        self, run: Run, origin: Origin, instead_of: Origin | None
    ) -> Iterator[tuple[str, pa.Table]]:
        """Yield the lines that were completed since the last run, then one row a file read.

        Lines landed of another platform, `instead_of`, may still stand in the log or beside it:
        what follows them is read, and that they were passed over is landed.

        Raises `IngestError` where the log is missing, or a line has no end within 64 MiB.
        """
        ((held,),) = run.landed(LINES_LANDED, origin.origin_id)
        since = (instead_of or origin).origin_id
        for place in places_to_go_on(run, self.path, self.files, since, tell=True):
            run.progress.expect(place.file.size - place.offset)
            passed_over = instead_of is not None and place.offset > 0
            new = _new_lines(run, self.path, place, origin.origin_id, passed_over)
            lines_read = yield from new
            if lines_read:
                held += lines_read
                run.origins.landed(origin, held)
        if not any(file.is_current for file in self.files):
            raise self._missing()

    def _missing(self) -> IngestError:
        return IngestError(f"{self.path} cannot be read: there is no such file")


def _new_lines(
    run: Run, path: Path, place: Place, origin_id: int, tell: bool = False
) -> Generator[tuple[str, pa.Table], None, int]:
    """Yield the lines from a place on, and a row about them: with `tell` even where none is."""
    file, offset, lines_read = place.file, place.offset, 0
    while block := _whole_lines(file, offset):
        lines = _lines(place.file_id, offset, block, origin_id)
        offset += len(block)
        lines_read += lines.num_rows
        run.units_read += lines.num_rows
        run.progress.advance(len(block))
        yield "log_lines", lines
    if lines_read or tell:
        where = (absolute(path), absolute(file.path))
        which = (place.file_id, file.device, file.inode)
        extent = (place.offset, offset, lines_read, file.head(offset), file.tail(offset))
        row = (*where, *which, *extent, datetime.now(timezone.utc), origin_id, run.run_id)
        yield "log_reads", rows(TABLES["log_reads"], [row])
    return lines_read


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
