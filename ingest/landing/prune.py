"""Deletes raw rows that count no more: of retired origins, and of versions that were replaced.

One transaction a source, under the lock of its runs. What tells a later run that something is
landed stays: an origin that is named again after its rows are gone is landed anew.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ingest.common.words import counted
from ingest.landing.ledger import open_run
from ingest.landing.progress import Progress
from ingest.warehouse import builds
from ingest.warehouse.raw_schemas import RawSchema, prepare

RETIRED = """
origin_id in (
    select origin_id from (
        select
            origin_id, counts, changed_at,
            row_number() over (partition by origin_id order by run_id desc, event desc) as age
        from raw_{source}.origins where _dlt_load_id in ({loads})
    ) as events where age = 1 and not counts and changed_at < {before}
)
"""
DELETE = """
with gone as (
    delete from raw_{source}.{table} as pruned where {condition}
    returning pg_column_size(pruned.*) as bytes
)
select count(*), coalesce(sum(bytes), 0)::bigint from gone
"""


@dataclass(frozen=True)
class Pruned:
    """What was deleted of a source; `freed_bytes` is the size of its rows."""

    source: str
    rows: int
    freed_bytes: int


def prune(schemas: Sequence[RawSchema], keep_days: float) -> Iterator[Pruned]:
    """Delete what has not counted for `keep_days` days; yield one result a source.

    Raises `IngestError` where a run of a source is under way, or a build for too long.
    """
    prepare(*schemas)
    with closing(builds.hold_lock()):  # a build that is under way may count what goes
        yield from _prune(schemas, keep_days)


def _prune(schemas: Sequence[RawSchema], keep_days: float) -> Iterator[Pruned]:
    before = datetime.now(timezone.utc) - timedelta(days=keep_days)
    for schema in schemas:
        with Progress(schema.source) as progress, open_run(schema.source, progress) as run:
            run.outcome = "pruned"
            # In the order of their declaration: a table whose rows name others' comes first.
            statements = [
                (table, condition)
                for table, columns in schema.own_tables.items()
                for condition in (
                    RETIRED if "origin_id" in columns else None,
                    schema.superseded.get(table),
                )
                if condition
            ]
            rows = freed = 0
            touched = set()
            with run.warehouse, run.warehouse.cursor() as cursor:
                for table, condition in statements:
                    told = {"table": table, "condition": condition}
                    cursor.execute(_filled(DELETE, schema.source, told), {"before": before})
                    ((count, size),) = cursor.fetchall()
                    rows, freed = rows + count, freed + size
                    if count:
                        touched.add(table)
            if rows:
                run.note(f"pruned {counted(rows, 'row')}, {freed:,} bytes")
                run.vacuum(touched)
            yield Pruned(schema.source, rows, freed)


def _filled(statement: str, source: str, told: dict[str, str]) -> str:
    loads = f"select load_id from raw_{source}._dlt_loads where status = 0"  # noqa: S608
    values = {**told, "source": source, "loads": loads, "before": "%(before)s"}
    for _ in range(2):  # what fills a place may have places of its own
        for name, value in values.items():
            statement = statement.replace(f"{{{name}}}", value)
    return statement
