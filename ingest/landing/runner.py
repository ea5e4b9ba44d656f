"""Runs one source: lock and ledger, what an earlier kill left behind, then the new data.

    source.read(run) -> (raw table, Arrow table) ... -> extract -> normalize -> load -> raw_<source>

dlt commits each file of a load by itself and writes `_dlt_loads` last, so a load counts only once
it stands there. A load that a kill cut off is loaded again from its files on disk, whole, after
its rows are deleted: whatever the moment of the kill, its rows are there once.
"""

import logging
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ingest.common.errors import IngestError, LostConnectionError, cause_of
from ingest.landing.ledger import Run, open_run
from ingest.landing.origins import OWN
from ingest.landing.progress import Progress
from ingest.warehouse import raw_schemas, troubles
from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import ORIGINS, rows

if TYPE_CHECKING:
    import dlt
    import pyarrow as pa

log = logging.getLogger(__name__)

# The lock waits for what a killed run may still be committing.
DELETE_INCOMPLETE = """
lock table {table} in share row exclusive mode;
delete from {table} where _dlt_load_id not in ({loads})
"""

COUNT = "select count(*) from {table} where _dlt_load_id = any(%s)"


class Source(Protocol):
    """What the runner asks of a source: where it lands, and its records as Arrow tables."""

    raw_schema: RawSchema

    def read(self, run: Run) -> Iterator[tuple[str, "pa.Table"]]:
        """Yield (raw table name, rows) in chunks that fit in memory; count units in `run`."""
        ...


@runtime_checkable
class PagedSource(Source, Protocol):
    """A source that lands in several loads and acts on each: `read` is called once for every load.

    What must not be given up before it is landed, a message of a queue say, is given up in
    `loaded`.
    """

    def loaded(self, run: Run) -> bool:
        """Hear that all that `read` yielded is complete in Postgres; return whether to go on."""
        ...

    def close(self) -> None:
        """Let go of what `read` opened; called once, however the run ended."""
        ...


def run_source(source: Source, kind: str = OWN) -> Run:
    """Land what `source` holds and the warehouse does not; return what was counted.

    `kind` tells own data from the sample.

    Raises `IngestError` where the user can mend the cause; then nothing of this run is landed,
    unless the source counted the cause in `run.failures` and went on with its other parts.
    A `LostConnectionError` says that the server went away: what was read is to be read again.
    """
    try:
        return _run(source, kind)
    except Exception as error:
        if troubles.is_lost(error) and not isinstance(error, IngestError):
            raise LostConnectionError(troubles.told(error)) from error
        raise


def _run(source: Source, kind: str) -> Run:
    raw_schemas.prepare(source.raw_schema)
    name = source.raw_schema.source
    with Progress(name) as progress, open_run(name, progress, kind) as run:
        pipeline = raw_schemas.pipeline(name)
        try:
            recover(pipeline, source.raw_schema, run)
            run.origins.load()
            land(pipeline, source, run)
            while isinstance(source, PagedSource) and source.loaded(run):
                land(pipeline, source, run)
            if run.failures:
                raise IngestError("; ".join(run.failures))
        except Exception as error:
            log.debug("%s", name, exc_info=error)
            if troubles.is_lost(error):
                raise
            cause = cause_of(error)
            if isinstance(cause, IngestError) or not _is_from_dlt(error):
                raise cause from None
            reason = troubles.told(error)
            raise IngestError(f"loading stopped, run it again to go on: {reason}") from error
        finally:
            if isinstance(source, PagedSource):
                source.close()
    return run


def _is_from_dlt(error: Exception) -> bool:
    from dlt.pipeline.exceptions import PipelineStepFailed

    return isinstance(error, PipelineStepFailed)


def land(pipeline: "dlt.Pipeline", source: Source, run: Run) -> None:
    """Take the source's chunks through dlt's three steps and count the rows."""
    import dlt

    chunks = (chunk for chunk in chain(source.read(run), _origins(run)) if chunk[1].num_rows)
    first = next(chunks, None)
    if first is None:
        return  # an extract of nothing would stay behind as a pending load

    def items() -> Iterator[object]:
        for table, some in chain([first], chunks):
            run.count(table, some.num_rows)
            yield dlt.mark.with_table_name(some, table)

    resource = dlt.resource(items, name=run.source)()
    schema = raw_schemas.dlt_schema(source.raw_schema)
    pipeline.extract(resource, schema=schema, loader_file_format="parquet")
    pipeline.normalize()
    pipeline.load(workers=raw_schemas.FILES_AT_ONCE)
    run.complete()
    run.analyze_what_grew()


def _origins(run: Run) -> Iterator[tuple[str, "pa.Table"]]:
    """Yield what the run says of its origins, once `read` has said all of it."""
    yield "origins", rows(ORIGINS, run.origins.changes())


def recover(pipeline: "dlt.Pipeline", declared: RawSchema, run: Run) -> None:
    """Finish what earlier runs left pending, and delete rows of loads that never completed."""
    if pipeline.list_extracted_load_packages():
        pipeline.normalize()
    pending = list(pipeline.list_normalized_load_packages())
    if not pending and not run.follows_a_kill:
        return
    complete = {load for (load,) in run.landed("{loads}")}
    for table in declared.tables:
        run.landed(DELETE_INCOMPLETE.replace("{table}", f"raw_{run.source}.{table}"))
    for load in pending:
        package = Path(pipeline.working_dir) / "load" / "normalized" / load
        if load in complete:
            shutil.rmtree(package)
        else:
            _start_over(package)
    if pending:
        pipeline.load(workers=raw_schemas.FILES_AT_ONCE)
        for table in declared.tables:
            ((rows,),) = run.landed(COUNT.replace("{table}", f"raw_{run.source}.{table}"), pending)
            if rows:
                run.count(table, rows)
        run.complete()
        run.note(f"finished {len(pending)} pending load(s) of an earlier run first")


def _start_over(package: Path) -> None:
    """Make every file of a pending load a new job again, those already committed included."""
    for state in ("started_jobs", "completed_jobs", "failed_jobs"):
        for job in (package / state).glob("*.parquet"):
            job.rename(package / "new_jobs" / job.name)
