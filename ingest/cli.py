"""The `ingest` command: lands sources, keeps the embedded server, writes exports.

Whatever goes wrong ends as one line on standard error and exit status 1; the whole story of an
error that nobody foresaw is in `logs/ingest.log`.
"""

import logging
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Optional

import psycopg2
import typer

from ingest import database, destination, log
from ingest.census.command import census
from ingest.classification.command import classification
from ingest.education.command import education
from ingest.errors import IngestError
from ingest.images.command import images
from ingest.ledger import Run
from ingest.paths import data, shown
from ingest.settings import sample
from ingest.signatures.command import signatures

SOURCES: dict[str, Callable[..., Run]] = {
    "census": census,
    "classification": classification,
    "education": education,
    "images": images,
    "signatures": signatures,
}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lands upstream data in the raw schemas of the warehouse; drops and repairs nothing.",
)
db = typer.Typer(no_args_is_help=True, help="The embedded PostgreSQL of this checkout.")
app.add_typer(db, name="db")
logger = logging.getLogger(__name__)


def main() -> None:
    """Run the command line; a user's mistake ends as one line, never as a stack trace."""
    try:
        log.set_up()
        app()
    except (IngestError, OSError, psycopg2.OperationalError) as error:
        _fail(error)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        logger.debug("unforeseen", exc_info=True)
        _fail(error, hint=f" (unforeseen; the whole story is in {log.file()})")


def _fail(error: Exception, hint: str = "") -> None:
    typer.echo(f"error: {' '.join(str(error).split()) or type(error).__name__}{hint}", err=True)
    logger.debug("error: %s", error)
    sys.exit(1)


def _reporting(name: str, land: Callable[..., Run]) -> Callable[..., None]:
    """Let a source's command end with one line on what it did."""

    @wraps(land)
    def command(**flags: Any) -> None:
        run = land(**flags)
        notes = f" ({'; '.join(run.notes)})" if run.notes else ""
        outcome = f"{run.rows_landed:,} rows landed" if run.rows_landed else "nothing new"
        typer.echo(f"{name}: {outcome}{notes}")

    command.__annotations__ = {**land.__annotations__, "return": None}
    return command


for _name, _land in SOURCES.items():
    app.command(_name)(_reporting(_name, _land))


@app.command("all")
def all_sources(
    every: Annotated[
        Optional[float],  # noqa: UP045 - typer on Python 3.10 reads this form
        typer.Option(metavar="SECONDS", min=0, help="A round every so often, until stopped."),
    ] = None,
    build: Annotated[bool, typer.Option("--build", help="Run `dbt build` after landing.")] = False,
) -> None:
    """Land every source from its settings or samples; one that fails does not stop the others."""
    from ingest.rounds import dbt_build, repeat, run_round

    steps = [_land_all, dbt_build] if build else [_land_all]
    if every is None:
        run_round(steps)
    else:
        repeat(steps, every)


def _land_all() -> None:
    failed = []
    for name, land in SOURCES.items():
        try:
            _reporting(name, land)()
        except (IngestError, OSError, psycopg2.OperationalError) as error:
            typer.echo(f"{name}: error: {' '.join(str(error).split())}", err=True)
            failed.append(name)
    if failed:
        raise IngestError(f"not landed: {', '.join(failed)}")


@app.command()
def samples(
    live: Annotated[
        bool, typer.Option("--live", help="Then keep the education platform running until stopped.")
    ] = False,
    seconds: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(metavar="N", show_default=False, help="With --live: stop after so long."),
    ] = None,
) -> None:
    """Generate the sample sources that are not there yet."""
    from ingest.samples import generate

    for path in generate():
        typer.echo(f"generated {shown(path)}")
    if live:
        from ingest.rounds import until_stopped
        from ingest.samples.education_live import run_live

        with until_stopped() as stop:
            run_live(sample("education", ""), stop, seconds, typer.echo)


@app.command()
def export(
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Default: data/")] = None,
) -> None:
    """Write the files that dbt declares under models/exports."""
    from ingest.exports import export_all

    for path, rows in export_all(to or data()):
        typer.echo(f"{shown(path)}: {rows:,} rows")


@app.command()
def report() -> None:
    """Tell what was loaded and what was rejected, and how to look further."""
    from ingest.report import print_report

    print_report()


@db.command()
def start() -> None:
    """Start the server and set the warehouse up."""
    destination.prepare()
    to = destination.parameters()
    typer.echo(f"PostgreSQL listens on {to['host']}:{to['port']}")


@db.command()
def stop() -> None:
    """Stop the embedded server."""
    typer.echo("stopped" if database.stop() else "was not running")


@db.command()
def status() -> None:
    """Tell whether the server runs; exit status 3 where it does not."""
    if destination.is_embedded() and not database.running():
        typer.echo("the embedded server is not running; the next command starts it")
        raise typer.Exit(3)
    to = destination.parameters()
    kind = "embedded" if destination.is_embedded() else "external"
    typer.echo(f"{kind} PostgreSQL on {to['host']}:{to['port']}, database {to['dbname']}")


@db.command()
def url() -> None:
    """Print the address for a SQL client, as the analyst, who may read marts only."""
    destination.prepare()
    typer.echo(destination.analyst_url())


@db.command()
def psql() -> None:
    """Open psql as the analyst."""
    destination.prepare()
    program = database.binary("psql")
    os.execv(program, [program, destination.analyst_url()])  # noqa: S606
