"""The run ledger: one row in `raw_ledger.runs` for each run of a source, and one run at a time.

A lock, held by a connection of the run, keeps a second run of the same source out. A killed run
never leaves it behind; its ledger row does stay `running`, and the next run finds it, marks it
`interrupted` and cleans up after it.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from ingest.common.errors import IngestError
from ingest.landing.origins import OWN, Origins
from ingest.landing.progress import Progress
from ingest.warehouse import connect, locks, troubles

log = logging.getLogger(__name__)

BEGIN = "insert into raw_ledger.runs (source) values (%s) returning run_id"
CLOSE = """
update raw_ledger.runs
set finished_at = clock_timestamp(), outcome = %s, units_read = %s, rows_landed = %s, message = %s
where run_id = %s
"""
CLOSE_KILLED = """
update raw_ledger.runs set finished_at = now(), outcome = 'interrupted', message = 'killed'
where source = %s and outcome = 'running' returning run_id
"""

GROWN = """
select oid::regclass::text from pg_class
where
    relnamespace = %s::regnamespace and relkind = 'r'
    and (
        reltuples < 0
        or 2 * relpages * current_setting('block_size')::bigint < pg_relation_size(oid)
    )
"""


@dataclass
class Run:
    """One run of one source: what it may ask of the warehouse, and what it counts."""

    source: str
    run_id: int
    warehouse: Connection
    progress: Progress
    follows_a_kill: bool
    kind: str = OWN
    units_read: int = 0
    rows_landed: int = 0  # of complete loads, those that this run finished for another included
    rows_under_way: int = 0
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)  # parts that failed while others are landed
    missing: list[str] = field(default_factory=list)  # what did not come, though nothing failed
    changed_origins: bool = False
    outcome: str | None = None  # of a run that lands nothing and does something else

    @cached_property
    def origins(self) -> Origins:
        """The origins of the source, as this run sees and changes them."""
        return Origins(self.execute, self.source, self.run_id, self.kind, self.note)

    def landed(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the raw schema of this source; `{loads}` in the query stands for its complete loads.

        Only rows of complete loads count as landed: filter with `_dlt_load_id in ({loads})`.
        """
        loads = f"select load_id from raw_{self.source}._dlt_loads where status = 0"  # noqa: S608
        return self.execute(query.replace("{loads}", loads), *values)

    def count(self, table: str, rows: int) -> None:
        """Count rows that are on their way; those that tell of origins are no records."""
        if table == "origins":
            self.changed_origins = True
        else:
            self.rows_under_way += rows

    def complete(self) -> None:
        """Hear that what was on its way is landed."""
        self.rows_landed += self.rows_under_way
        self.rows_under_way = 0

    def note(self, text: str) -> None:
        """Keep a line for the ledger and the log: what was skipped, and why."""
        self.notes.append(text)
        log.debug("%s: %s", self.source, text)

    def execute(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement in a transaction of its own and return its rows."""
        with self.warehouse, self.warehouse.cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def analyze_what_grew(self) -> None:
        """Let Postgres look anew at raw tables that are twice as large as when it looked last.

        It would by itself, but later than a build that follows at once and plans badly for tables
        of unknown size: a thousand images took most of a minute.
        """
        for (table,) in self.execute(GROWN, f"raw_{self.source}"):
            self.execute(f"analyze {table}")

    def vacuum(self, tables: Iterable[str]) -> None:
        """Let Postgres use again the room of rows that were deleted from raw tables."""
        self.warehouse.autocommit = True
        try:
            with self.warehouse.cursor() as cursor:
                for table in tables:
                    cursor.execute(f"vacuum raw_{self.source}.{table}")
        finally:
            self.warehouse.autocommit = False


@contextmanager
def open_run(source: str, progress: Progress, kind: str = OWN) -> Iterator[Run]:
    """Begin a run of `source`, and close its ledger row whichever way the run ends.

    Raises `IngestError` at once where another run of the same source is under way.
    """
    with closing(connect.connect("loader")) as warehouse, ExitStack() as held:
        run = Run(source, 0, warehouse, progress, follows_a_kill=False, kind=kind)
        lock = locks.hold("loader", f"run_lock_{source}")
        if not lock:
            raise IngestError(_busy(run))
        held.callback(locks.let_go, lock)
        run.follows_a_kill = bool(run.execute(CLOSE_KILLED, source))
        ((run.run_id,),) = run.execute(BEGIN, source)
        log.debug("%s: run %s starts", source, run.run_id)
        try:
            yield run
        except BaseException as error:
            _close_failed(run, error)
            raise
        is_new = run.rows_landed or run.changed_origins
        outcome = run.outcome or ("loaded" if is_new else "nothing new")
        _close(run, outcome, [*run.notes, *run.missing])


def _close_failed(run: Run, error: BaseException) -> None:
    """Write down why a run failed; what goes wrong in doing so does not take the cause's place."""
    reason = [troubles.told(error)]
    try:
        _close(run, "failed", reason)
    except psycopg2.Error:  # the connection that is lost is the cause, perhaps
        try:
            with closing(connect.connect("loader")) as run.warehouse:
                _close(run, "failed", reason)
        except (IngestError, psycopg2.Error) as another:  # the next run writes "interrupted"
            log.debug("%s: run %s stays open: %s", run.source, run.run_id, another)


def _close(run: Run, outcome: str, notes: Sequence[str]) -> None:
    message = "; ".join(notes) or None
    run.execute(CLOSE, outcome, run.units_read, run.rows_landed, message, run.run_id)
    log.debug(
        "%s: run %s ends: %s, %s units read, %s rows landed%s",
        *(run.source, run.run_id, outcome, run.units_read, run.rows_landed),
        f" ({message})" if message else "",
    )


def _busy(run: Run) -> str:
    since = run.execute(
        "select to_char(max(started_at), 'HH24:MI:SS TZ') from raw_ledger.runs "
        "where source = %s and outcome = 'running'",
        run.source,
    )[0][0]
    started = f", which started at {since}," if since else ""
    return f"another run of {run.source}{started} is under way; wait for it to end"
