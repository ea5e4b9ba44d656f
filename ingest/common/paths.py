"""Where the project keeps what it makes, whatever folder a command is called from."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def home() -> Path:
    """Folder of the embedded server and dlt's pending loads: `WAREHOUSE_HOME` or `.postgres/`."""
    return _chosen("WAREHOUSE_HOME", ".postgres")


def logs() -> Path:
    """Folder of `ingest.log`: `WAREHOUSE_LOGS` or `logs/`."""
    return _chosen("WAREHOUSE_LOGS", "logs")


def data() -> Path:
    """Folder of exports and generated samples: `WAREHOUSE_DATA` or `data/`."""
    return _chosen("WAREHOUSE_DATA", "data")


def sample(source: str, name: str = "") -> Path:
    """Where the generated sample file `name` of `source` lies, or the folder of them all."""
    return data() / "samples" / source / name


def dbt_target() -> Path:
    """Folder of dbt's artifacts: `DBT_TARGET_PATH`, as dbt itself reads it, or `target/`."""
    return _chosen("DBT_TARGET_PATH", "target")


def shown(path: Path) -> Path:
    """Return `path` as a user wants to read it: short where it is inside the project."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def path_text(path: Path) -> str:
    """Return a path as text, without loss.

    A backslash is doubled and a byte that is not UTF-8 becomes `\\xNN`, so that no two paths
    are shown alike.
    """
    return os.fsencode(path).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def absolute(path: Path) -> str:
    """Return the path from the root on, as text. It is the path given: a link stays a link."""
    return path_text(Path(os.path.abspath(path)))  # noqa: PTH100 - resolve() follows links


def _chosen(variable: str, default: str) -> Path:
    return ROOT / Path(os.environ.get(variable) or default).expanduser()
