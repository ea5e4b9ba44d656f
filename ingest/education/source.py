"""Lands the three systems of education, each as far as it is not landed yet.

log, database, API -> look at all three: do they go on with the platform that counts?
                   -> yes                          -> land what is new, under the same origins
                   -> no: it began anew            -> an error, nothing is landed
                          and --new-platform says so -> other origins, landed from the beginning
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.education.batches import Batches
from ingest.education.log_lines import Log
from ingest.education.platform import Finding, began_anew, refusal
from ingest.education.students import Students
from ingest.education.tables import RAW_SCHEMA
from ingest.landing.ledger import Run
from ingest.landing.origins import SAMPLE, Origin

Chunks = Iterator[tuple[str, pa.Table]]


class System(Protocol):
    """One of the three: what it holds is fixed when it is looked at, and landed by `read`."""

    record_table: str

    @property
    def address(self) -> str:
        """Where it is, as it is shown."""
        ...

    def look(self, run: Run, known: Origin | None, stack: ExitStack) -> Finding:
        """Compare with what is landed of `known`; raises `IngestError` where it cannot be read."""
        ...

    def read(self, run: Run, origin: Origin, instead_of: Origin | None) -> Chunks:
        """Yield what is not landed of `origin`, and say how many records it holds then.

        `instead_of` is the origin of another platform that it was found to be no more.
        """
        ...


class EducationSource:
    """The log and the database by their paths, the API by its address.

    A run names a student and a student names a batch, so the log is looked at first and the
    batches last: what a record names is then there already. A system that cannot be read does not
    keep the other two from being landed; the run ends as failed all the same.
    """

    raw_schema = RAW_SCHEMA

    def __init__(
        self, students: Path, batches: Batches, test_runs: Path, *, new_platform: bool = False
    ) -> None:
        self.systems: Sequence[System] = (Log(test_runs), Students(students), batches)
        self.new_platform = new_platform

    def read(self, run: Run) -> Chunks:
        """Yield what is new in the log, the database and the API.

        Raises `IngestError` where they are not those of the platform that is landed.
        """
        known = {system: _known(run, system) for system in self.systems}
        readable: dict[System, Finding] = {}
        with ExitStack() as stack:
            for system in self.systems:
                try:
                    readable[system] = system.look(run, known[system], stack)
                except IngestError as error:
                    run.failures.append(str(error))
            before: dict[System, Origin | None] = {}
            if began_anew(readable.values(), self.new_platform):
                self._begin_anew(run, readable)
                before, known = known, {system: _known(run, system) for system in self.systems}
            elif self.new_platform and run.origins.counting():
                run.note("the platform is the one that is landed")
            for system in readable:
                address = system.address
                origin = run.origins.use(system.record_table, address, known[system])
                try:
                    yield from system.read(run, origin, before.get(system))
                except IngestError as error:
                    run.failures.append(str(error))

    def _begin_anew(self, run: Run, found: dict[System, Finding]) -> None:
        """Retire what counts; every system gets a new origin, whether it can be read now or not."""
        counting = run.origins.counting()
        # Nobody has to be asked where nothing counts, nor about a sample, which is ours.
        if counting and not self.new_platform and run.kind != SAMPLE:
            raise refusal(found.values(), run.failures)
        for origin in counting:
            run.origins.retire(origin, "the platform began anew")
            run.note(f"{origin.address} as it was counts no more: the platform began anew")
        for system in self.systems:
            run.origins.use(system.record_table, system.address)


def _known(run: Run, system: System) -> Origin | None:
    """Return the origin that a system goes on with: the one that counts, wherever it was."""
    counting = run.origins.counting(system.record_table)
    return counting[0] if counting else run.origins.last(system.record_table, system.address)
