"""Lands the three systems of education, each as far as it is not landed yet."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.education.batches import Batches
from ingest.education.log_lines import read_log
from ingest.education.students import read_students
from ingest.education.tables import RAW_SCHEMA
from ingest.landing.ledger import Run


class EducationSource:
    """The log and the database by their paths, the API by its address.

    A run names a student and a student names a batch, so the log is read first and the batches
    last: what a record names is then there already. A system that cannot be read does not keep
    the other two from being landed; the run ends as failed all the same.
    """

    raw_schema = RAW_SCHEMA

    def __init__(self, students: Path, batches: Batches, test_runs: Path) -> None:
        self.students, self.batches, self.test_runs = students, batches, test_runs

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield what is new in the log, the database and the API."""
        for part in (
            read_log(run, self.test_runs),
            read_students(run, self.students),
            self.batches.read(run),
        ):
            try:
                yield from part
            except IngestError as error:
                run.failures.append(str(error))
