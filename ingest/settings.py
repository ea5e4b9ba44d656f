"""What the user configured: a flag, else `.dlt/config.toml` or its environment variable."""

import os
from pathlib import Path

import typer

from ingest import destination
from ingest.paths import ROOT, data, shown


def setting(source: str, name: str) -> str | None:
    """Return the value of `name` under `[sources.<source>]`; None where it is not set."""
    os.environ.update(destination.DLT_SETTINGS)
    import dlt

    value: object = dlt.config.get(f"sources.{source}.{name}")
    return None if value is None else str(value)


def sample(source: str, name: str) -> Path:
    """Return where the generated sample file `name` of `source` lies."""
    return data() / "samples" / source / name


def path_setting(source: str, name: str, flag: Path | None, sample_name: str) -> Path:
    """Return the path of an input: the flag, else the setting, else the sample, made if need be."""
    if flag is not None:
        return flag
    if value := setting(source, name):
        return ROOT / Path(value).expanduser()
    path = sample(source, sample_name)
    if not path.exists():
        from ingest.samples import generate

        list(generate(source))
    typer.echo(f"{source}: no {name} configured, the sample serves: {shown(path)}", err=True)
    return path
