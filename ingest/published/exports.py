"""Writes the files that dbt declares: one for each model under `dbt_project/models/exports`.

    model's meta.export: {file: births.json, order_by: "decade, country"} -> data/births.json

docs/exports.md tells what may be declared. All declarations are checked before anything is
written; then what can be written is, all of one moment of the warehouse. A file is written beside
its place and moved there when it is whole: a reader sees the old one or the new.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

import psycopg2
from psycopg2.extensions import connection as Connection

from ingest.common.errors import IngestError, one_line
from ingest.published.checks import Checked, check
from ingest.published.declarations import declared
from ingest.published.formats import write_csv, write_json, write_json_lines
from ingest.published.parquet import write_parquet
from ingest.published.rendering import SETTINGS
from ingest.published.sqlite import write_sqlite
from ingest.warehouse import connect

LIST = ".exports.json"  # in the folder: the files that exports wrote there
TEXTS = {".csv": write_csv, ".tsv": write_csv, ".jsonl": write_json_lines, ".json": write_json}


@dataclass
class Exports:
    """Writes all that is declared into `folder`; what went wrong is in `faults`, a line each."""

    folder: Path
    faults: list[str] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def write(self) -> Iterator[tuple[Path, int]]:
        """Yield the path of each file once it is in its place, and its number of rows."""
        found = declared()
        self.faults, self.declared = found.faults, found.files
        with closing(connect.connect("transformer")) as warehouse:
            warehouse.set_session("repeatable read", readonly=True)
            with warehouse.cursor() as cursor:
                cursor.execute(SETTINGS)
            checked = list(check(warehouse, found.exports, self.faults))
            for one in checked:
                path = self.folder / one.export.file
                try:
                    rows = _write(warehouse, one, path)
                except (psycopg2.DataError, psycopg2.ProgrammingError, IngestError) as error:
                    self.faults.append(_told(one, error))
                except (OSError, ValueError) as error:
                    self.faults.append(_told(one, error))
                else:
                    self.written.add(one.export.file)
                    yield path, rows
        _keep_list(self.folder, self._listed() | self.written)

    def gone(self) -> list[Path]:
        """Return the files that an export wrote here and that none writes any more."""
        known = {file.casefold() for file in self.declared}
        files = sorted(file for file in self._listed() if file.casefold() not in known)
        return [self.folder / file for file in files if (self.folder / file).is_file()]

    def tidy(self) -> Iterator[Path]:
        """Remove the files that no export writes any more; yields each."""
        for path in self.gone():
            path.unlink()
            yield path
        _keep_list(self.folder, self._listed() & self.declared)

    def _listed(self) -> set[str]:
        try:
            return set(json.loads((self.folder / LIST).read_text()))
        except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
            return set()


def _told(one: Checked, error: Exception) -> str:
    if isinstance(error, IngestError):
        return str(error)
    reason = error.strerror if isinstance(error, OSError) else None
    return (
        f"{one.export.relation}: {one.export.file} cannot be written: {reason or one_line(error)}"
    )


def _write(warehouse: Connection, one: Checked, path: Path) -> int:
    export, columns = one.export, one.columns
    path.parent.mkdir(parents=True, exist_ok=True)
    with warehouse.cursor() as cursor, _replacing(path) as beside:
        cursor.execute("savepoint export")
        try:
            if export.ending == ".db":
                return _write_database(warehouse, one, beside)
            with _opened(beside, export.is_compressed) as file:
                if export.ending == ".parquet":
                    return write_parquet(warehouse, export, columns, file)
                return TEXTS[export.ending](cursor, export, columns, file)
        except psycopg2.Error:
            if not warehouse.closed:
                cursor.execute("rollback to export")
            raise


def _write_database(warehouse: Connection, one: Checked, beside: Path) -> int:
    if not one.export.is_compressed:
        return write_sqlite(warehouse, one.export, one.columns, beside)
    with NamedTemporaryFile(dir=beside.parent, prefix=f"{beside.name}.") as plain:
        rows = write_sqlite(warehouse, one.export, one.columns, Path(plain.name))
        with Path(plain.name).open("rb") as source, _opened(beside, compressed=True) as file:
            while block := source.read(1 << 20):
                file.write(block)
    return rows


@contextmanager
def _opened(path: Path, compressed: bool) -> Iterator[BinaryIO]:
    with path.open("wb", buffering=1 << 20) as file:
        if not compressed:
            yield file
            return
        import gzip

        # No name and no time of its own: the same rows give the same file.
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            yield packed  # type: ignore[misc]


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        beside = Path(file.name)
    try:
        yield beside
        with beside.open("rb") as whole:
            os.fsync(whole.fileno())
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _keep_list(folder: Path, files: Sequence[str] | set[str]) -> None:
    if not folder.is_dir():
        return
    with _replacing(folder / LIST) as beside:
        beside.write_text(json.dumps(sorted(files)))
