"""The `ingest` command: lands sources, keeps the embedded server, writes exports.

Whatever goes wrong ends as one line on standard error and exit status 1, or 2 where nothing failed
and yet something may be missing; the whole story of an error that nobody foresaw is in
`logs/ingest.log`.
"""

import logging
import os
import signal
import sys
from enum import Enum
from functools import partial
from typing import Annotated, Optional

import typer

from ingest.commands import clean, export, upkeep
from ingest.commands.land import EVERY, as_command, in_rounds, land_all, named
from ingest.common import interrupt, log
from ingest.common.errors import IngestError
from ingest.common.paths import sample, shown
from ingest.sources import SOURCES, prepare_all
from ingest.warehouse import connect, embedded, programs, troubles

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lands upstream data in the raw schemas of the warehouse; drops and repairs nothing.",
)
db = typer.Typer(no_args_is_help=True, help="The embedded PostgreSQL of this checkout.")
app.add_typer(db, name="db")


class Reader(str, Enum):
    """As whom psql asks."""

    analyst = "analyst"
    transformer = "transformer"


logger = logging.getLogger(__name__)

for _source in SOURCES.values():
    app.command(_source.name)(as_command(_source))
for _upkeep in (upkeep.origins, upkeep.forget, upkeep.prune, export.export):
    app.command()(_upkeep)


def main() -> None:
    """Run the command line; a user's mistake ends as one line, never as a stack trace."""
    try:
        interrupt.watch()
        log.set_up()
        app()
    except Exception as error:
        kind = error if isinstance(error, IngestError) else IngestError
        line = f"{kind.said_as}: {troubles.told(error)}"
        typer.echo(line, err=True)
        logger.debug("%s", line)
        sys.exit(kind.status)


@app.command("all")
def all_sources(
    every: EVERY = None,
    only: Annotated[
        Optional[str],  # noqa: UP045 - typer on Python 3.10 reads this form
        typer.Option(metavar="SOURCE,...", help="These sources alone."),
    ] = None,
    build: Annotated[
        bool, typer.Option("--build", help="Then build what is new with dbt.")
    ] = False,
) -> None:
    """Land every source from its settings or samples; one that fails does not stop the others."""
    from ingest.landing.rounds import Step, dbt_build

    names = named(only)
    steps: list[Step] = [partial(land_all, names)]
    if build:
        steps.append(partial(dbt_build, names))
    in_rounds(steps, every)


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

    for path in generate(*SOURCES):
        typer.echo(f"generated {shown(path)}")
    if live:
        from ingest.landing.rounds import until_stopped
        from ingest.samples.education_live import run_live

        with until_stopped() as stop:
            run_live(sample("education"), stop, seconds, typer.echo)


@app.command("clean", hidden=True)
def clean_up(
    force: Annotated[bool, typer.Option("--force", help="Own data too, unasked.")] = False,
) -> None:
    """Do what `make clean` does: remove what the project made."""
    clean.clean(force)


@app.command()
def report() -> None:
    """Tell what was loaded and what was rejected, and how to look further."""
    from ingest.published.report import print_report
    from ingest.published.samples import samples_line

    print_report()
    if line := samples_line():
        typer.echo(line, err=True)


@db.command()
def start() -> None:
    """Start the server and set the warehouse up."""
    prepare_all()
    to = connect.parameters()
    typer.echo(f"PostgreSQL listens on {to['host']}:{to['port']}")


@db.command()
def stop() -> None:
    """Stop the embedded server."""
    typer.echo("stopped" if embedded.stop() else "was not running")


@db.command()
def status() -> None:
    """Tell which server serves and since when; exit status 0 only where it is usable."""
    if connect.is_embedded() and not embedded.running():
        typer.echo("the embedded server is not running; the next command starts it")
        raise typer.Exit(3)
    typer.echo(connect.describe())


@db.command()
def url() -> None:
    """Print the address for a SQL client, as the analyst, who may read marts only."""
    prepare_all()
    typer.echo(connect.analyst_url())


@db.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def psql(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[PSQL'S OWN]...", help="-c SQL, -f FILE.")
    ] = None,
    role: Annotated[Reader, typer.Option(help="Before what is psql's own.")] = Reader.analyst,
) -> None:
    """Open psql as the analyst; as transformer for a look at raw."""
    prepare_all()
    program = programs.binary("psql")
    address = connect.psql_url() if role is Reader.analyst else connect.url(role.value)
    signal.set_wakeup_fd(-1)  # from here on Ctrl-C is psql's
    os.execv(program, [program, "-d", address, *(arguments or [])])  # noqa: S606
