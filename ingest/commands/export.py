"""The command `ingest export`."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.common.errors import IngestError
from ingest.common.paths import data, shown
from ingest.common.words import counted, printable
from ingest.sources import prepare_all


def export(
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Default: data/")] = None,
    tidy: Annotated[
        bool, typer.Option("--tidy", help="Remove files of exports that are gone.")
    ] = False,
) -> None:
    """Write the files that dbt declares under models/exports."""
    from ingest.published.exports import Exports
    from ingest.published.samples import samples_line

    prepare_all()
    exports = Exports(to or data())
    for path, rows in exports.write():
        typer.echo(f"{shown(path)}: {counted(rows, 'row')}")
    if tidy:
        for path in exports.tidy():
            typer.echo(f"{shown(path)}: removed, no export writes it any more")
    for path in exports.gone():
        typer.echo(f"{shown(path)}: no export writes it any more; --tidy removes it", err=True)
    if line := samples_line():
        typer.echo(line, err=True)
    if exports.faults:
        *others, last = map(printable, exports.faults)
        for fault in others:
            typer.echo(f"error: {fault}", err=True)
        raise IngestError(last)
