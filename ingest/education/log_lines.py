"""Reads a growing log: whole lines only, each once, wherever rotation has moved its file.

    test_runs.log.2, .1, test_runs.log -> which landed file does each go on from? -> its new lines

Lines are landed as they stand, with the number of their file and their first byte in it.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.common.paths import absolute
from ingest.education.log_files import Landed, LogFile
from ingest.education.log_gaps import told_gaps
from ingest.education.log_names import open_files
from ingest.education.log_plan import Place, Plan, planned
from ingest.education.log_reading import lines_of
from ingest.education.platform import Finding, Verdict
from ingest.education.tables import TABLES
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import rows

NEXT_FILE_ID = "select coalesce(max(file_id), 0) + 1 from raw_education.log_reads"
LINES_LANDED = """
select coalesce(sum(lines_read), 0)::bigint from raw_education.log_reads
where origin_id = %s and _dlt_load_id in ({loads})
"""


class Log:
    """The log at `path`, and the files that rotation left beside it."""

    record_table = "test_runs"

    def __init__(self, path: Path, *, accept_gaps: bool = False) -> None:
        self.path, self.accept_gaps = path, accept_gaps
        self.files: Sequence[LogFile] = ()

    @property
    def address(self) -> str:
        """The path, as it was given."""
        return absolute(self.path)

    def look(self, run: Run, known: Origin | None, stack: ExitStack) -> Finding:
        """Open the files, and tell whether any of them holds lines that are landed.

        Raises `IngestError` where there is no file at all.
        """
        self.files = stack.enter_context(open_files(self.path, run.note))
        if not self.files:
            raise self._missing()
        if known is None:
            return Finding(Verdict.NOTHING, "", is_log=True)
        landed = Landed(run, known.origin_id)
        if not landed.files:
            return Finding(Verdict.NOTHING, "", is_log=True)
        if self._plan(run, landed).goes_on:
            return Finding(Verdict.SAME, f"{self.path} goes on with lines landed", is_log=True)
        return Finding(Verdict.GONE, f"{self.path} holds no line that is landed", is_log=True)

    def read(
        self, run: Run, origin: Origin, instead_of: Origin | None
    ) -> Iterator[tuple[str, pa.Table]]:
        """Yield the lines that were completed since the last run, then one row a file read.

        Lines landed of another platform, `instead_of`, may still stand in the log or beside it:
        what follows them is read, and that they were passed over is landed.

        Raises `IngestError` where the log is missing.
        """
        ((held,),) = run.landed(LINES_LANDED, origin.origin_id)
        plan = self._plan(run, Landed(run, (instead_of or origin).origin_id))
        if plan.is_other_log:
            run.note(f"{self.path.name} was rotated, truncated or replaced")
        for place in plan.places:
            run.progress.expect(place.file.size - place.offset)
            passed_over = instead_of is not None and place.offset > 0
            new = _new_lines(run, self.path, place, origin.origin_id, passed_over)
            lines_read = yield from new
            if lines_read:
                held += lines_read
                run.origins.landed(origin, held)
        if not any(file.is_current for file in self.files):
            raise self._missing()
        if instead_of is None:
            yield from told_gaps(run, origin, plan.lost, self.accept_gaps)

    def _plan(self, run: Run, landed: Landed) -> Plan:
        ((next_id,),) = run.landed(NEXT_FILE_ID)
        return planned(self.files, landed, next_id)

    def _missing(self) -> IngestError:
        return IngestError(f"{self.path} cannot be read: there is no such file")


def _new_lines(
    run: Run, path: Path, place: Place, origin_id: int, tell: bool = False
) -> Generator[tuple[str, pa.Table], None, int]:
    """Yield the lines from a place on, and a row about them.

    With `tell`, and once the file has settled, that row comes even where there is no line. Where
    the file cannot be read to its end the run fails, and what was read before counts.
    """
    file, offset, lines_read = place.file, place.offset, 0
    fault: OSError | None = None
    try:
        for lines, end in lines_of(file, offset, place.file_id, origin_id, place.has_settled):
            lines_read += lines.num_rows
            run.units_read += lines.num_rows
            run.progress.advance(end - offset)
            offset = end
            yield "log_lines", lines
    except OSError as error:
        fault = error
    has_settled = place.has_settled and fault is None
    if lines_read or tell or (has_settled and not place.is_told and offset):
        where = (absolute(path), absolute(file.path))
        which = (place.file_id, file.device, file.inode)
        extent = (place.offset, offset, lines_read, file.head(offset), file.tail(offset))
        whose = (datetime.now(timezone.utc), origin_id, run.run_id)
        row = (*where, *which, *extent, *whose, has_settled)
        yield "log_reads", rows(TABLES["log_reads"], [row])
    if fault:
        raise fault
    return lines_read
