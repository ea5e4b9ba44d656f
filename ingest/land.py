"""Lands a source from what serves it: its own inputs, or the sample where none is configured.

flags, settings -> all inputs: they serve | none: the sample serves | some: an error
"""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import psycopg2
import typer

from ingest.common.errors import IngestError
from ingest.landing.declaration import SourceDeclaration
from ingest.landing.ledger import Run
from ingest.landing.runner import run_source
from ingest.landing.settings import Settings, read_settings
from ingest.sources import SOURCES


def as_command(source: SourceDeclaration) -> Callable[..., None]:
    """Return the function that Typer makes the command of a source from."""
    flags = source.flags()

    @wraps(source.reader)
    def command(**given: Any) -> None:
        _tell(source, land(source, given, configured()))

    parameters = inspect.signature(source.reader).parameters.values()
    shown = [parameter for parameter in parameters if parameter.name in flags]
    command.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    command.__annotations__ = {**flags, "return": None}
    return command


def configured() -> Settings:
    """Return what is set for each source; raises `IngestError` where a setting is unknown."""
    return read_settings({name: source.keys for name, source in SOURCES.items()})


def land(source: SourceDeclaration, flags: Mapping[str, Any], settings: Settings) -> Run:
    """Land a source from the inputs that flags and settings name, or from its sample."""
    here = source.converted(settings[source.name])
    inputs = source.chosen(flags, here)
    options = source.options(flags, here)
    if inputs is not None:
        return run_source(source.reader(**options, **inputs))

    from ingest.samples import serving

    typer.echo(f"{source.name}: nothing is configured, the sample serves", err=True)
    with serving(source.name) as sample:
        return run_source(source.reader(**options, **sample))


def land_all() -> None:
    """Land every source; one that fails tells why and does not stop the others."""
    settings = configured()
    failed = []
    for name, source in SOURCES.items():
        try:
            _tell(source, land(source, {}, settings))
        except (IngestError, OSError, psycopg2.OperationalError) as error:
            typer.echo(f"{name}: error: {' '.join(str(error).split())}", err=True)
            failed.append(name)
    if failed:
        raise IngestError(f"not landed: {', '.join(failed)}")


def _tell(source: SourceDeclaration, run: Run) -> None:
    notes = f" ({'; '.join(run.notes)})" if run.notes else ""
    outcome = f"{run.rows_landed:,} rows landed" if run.rows_landed else "nothing new"
    typer.echo(f"{source.name}: {outcome}{notes}")
