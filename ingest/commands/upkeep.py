"""The commands that look after what is landed: `origins`, `forget`, `prune`."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.common.addresses import known_as
from ingest.common.errors import IngestError
from ingest.common.paths import absolute
from ingest.common.words import counted, printable
from ingest.landing.origins import Origin, last_origins
from ingest.landing.runner import run_source
from ingest.sources import SOURCES, prepare_all
from ingest.warehouse import connect

KEEP_DAYS = 7.0

Source = Annotated[str, typer.Argument(metavar="SOURCE", help="A source, census for one.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def origins() -> None:
    """List what the records of each source come from, and what of it counts."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("source", "origin", "records of", "kind"):
        table.add_column(name, overflow="fold")
    table.add_column("records", justify="right")
    for name in ("last landed", "state"):
        table.add_column(name, overflow="fold")
    for source, known in landed_origins().items():
        for origin in known:
            table.add_row(source, *(escape(printable(str(cell))) for cell in _told(origin)))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def landed_origins() -> dict[str, list[Origin]]:
    """Return the origins of every source."""
    prepare_all()
    with closing(connect.connect("loader")) as warehouse, warehouse.cursor() as cursor:

        def ask(query: str) -> list[tuple[Any, ...]]:
            cursor.execute(query)
            return cursor.fetchall()

        return {source: last_origins(ask, source) for source in SOURCES}


def forget(
    source: Source,
    origin: Annotated[str, typer.Argument(help="What `ingest origins` shows.")],
    yes: Yes = False,
) -> None:
    """Retire an origin: it counts no more, and the next build takes it out of every table."""
    if source not in SOURCES:
        raise IngestError(f"there is no source {source}; there are {', '.join(SOURCES)}")
    known = landed_origins()[source]
    here = [
        one
        for one in known
        if one.counts and one.address in (origin, absolute_of(origin), known_as(origin))
    ]
    address = here[0].address if here else origin
    if here and not yes:
        records = sum(one.records for one in here)
        _ask(f"{source}: forget {address} with {counted(records, 'record')}?")
    from ingest.landing.forget import Forget

    run = run_source(Forget(SOURCES[source].raw_schema, address))
    told = f"{source}: {'; '.join(run.notes)}; the next build takes its records out"
    typer.echo(printable(told))


def prune(
    keep: Annotated[
        float, typer.Option(metavar="DAYS", min=0, help="Leave what counted so lately.")
    ] = KEEP_DAYS,
) -> None:
    """Delete raw rows that count no more: of retired origins and of replaced versions."""
    from ingest.landing import prune as landing

    for done in landing.prune([source.raw_schema for source in SOURCES.values()], keep):
        typer.echo(f"{done.source}: {counted(done.rows, 'row')}, {done.freed_bytes:,} bytes freed")


def absolute_of(origin: str) -> str:
    """Return an origin that is a path as the warehouse knows it; an address as it is."""
    return origin if "://" in origin else absolute(Path(origin).expanduser())


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise IngestError("give --yes where nobody can be asked")
    typer.confirm(question, abort=True)


def _told(origin: Origin) -> tuple[object, ...]:
    state = "counts" if origin.counts else f"retired {origin.changed_at:%Y-%m-%d %H:%M}: "
    landed = f"{origin.landed_at:%Y-%m-%d %H:%M}" if origin.landed_at else ""
    return (
        *(origin.address, origin.record_table, origin.kind, f"{origin.records:,}", landed),
        state + (origin.because or ""),
    )
