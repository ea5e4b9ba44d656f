"""`make clean`: removes what the project made here, and own data only where that is wanted."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from ingest.commands.upkeep import landed_origins
from ingest.common.errors import IngestError
from ingest.common.paths import data, dbt_target, home, logs, shown
from ingest.landing.origins import OWN
from ingest.published.declarations import declared
from ingest.published.exports import LIST
from ingest.warehouse import connect, embedded

# What the project keeps in the warehouse's folder, which may be a folder of the user's choice
SERVER = ("data", "data.new", "pgpass", "password.new", "server.log", "command.log", "lock")
WORK = ("pipelines", "dlt", "broker")


def clean(force: bool = False) -> None:
    """Stop the embedded server; remove it, generated samples, exports, logs, dbt's artifacts.

    Where the embedded warehouse holds own data this is asked on a terminal, and refused elsewhere
    unless `force` is set. Other files in `data/` are left alone, and so is a server of one's own.
    """
    has_server = (home() / "data").exists()
    if has_server and connect.is_embedded() and not force:
        _ask_if_own()
    if has_server:
        embedded.stop()
    gone = [path for path in _made() if path.exists() or path.is_symlink()]
    for path in gone:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    if home().is_dir() and not any(home().iterdir()):
        home().rmdir()
    for path in gone:
        typer.echo(f"removed {shown(path)}")


def _made() -> Iterator[Path]:
    """Yield every file and folder that the project makes."""
    try:
        exports = [data() / export.file for export in declared().exports]
    except IngestError:  # nothing was built yet
        exports = []
    yield from [*exports, data() / LIST]
    for path in exports:
        yield from path.parent.glob(f".{path.name}.*")  # what a kill left half written
    yield data() / "samples"
    yield from (home() / name for name in (*SERVER, *WORK))
    yield from (dbt_target(), logs())


def _ask_if_own() -> None:
    try:
        own = sorted(
            source
            for source, origins in landed_origins().items()
            if any(origin.kind == OWN for origin in origins)
        )
    except IngestError as error:
        raise IngestError(
            f"{error}; so nobody knows whether the warehouse holds own data: FORCE=1 removes it"
        ) from error
    if not own:
        return
    told = f"the warehouse holds own data: {', '.join(own)}"
    if not sys.stdin.isatty():
        raise IngestError(f"{told}; FORCE=1 removes it all the same")
    typer.confirm(f"{told}. Remove it?", abort=True)
