"""What the user configured: a flag, else `.dlt/config.toml` or its environment variable."""

import os
from pathlib import Path

from ingest import destination
from ingest.errors import IngestError
from ingest.paths import ROOT, data


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
    """Return the path of an input: the flag, else the setting, else the sample.

    Raises `IngestError` where it comes to the sample and that is not generated yet.
    """
    if flag is not None:
        return flag
    if value := setting(source, name):
        return ROOT / Path(value).expanduser()
    path = sample(source, sample_name)
    if not path.exists():
        flag_name = name.replace("_", "-")
        raise IngestError(
            f"no {name} file: give --{flag_name} FILE, set {name} under [sources.{source}] in "
            ".dlt/config.toml, or generate samples with `ingest samples`"
        )
    return path
