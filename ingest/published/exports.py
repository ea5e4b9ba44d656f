"""Writes the files that dbt declares: one for each model under `dbt_project/models/exports`.

    model's meta.export: {file: births.json, order_by: "decade, country"} -> data/births.json

The ending of `file` chooses the format: `.csv`; `.json` for an array of records; `.db` for a SQLite
file whose one table bears the file's name. With `shape: object` a JSON file is one object of the
model's first column to its second. A file is written beside its place and moved there when it is
whole: a reader sees the old one or the new.
"""

import csv
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TextIO

import psycopg2

from ingest.common.errors import IngestError
from ingest.common.paths import dbt_target
from ingest.warehouse import connect


@dataclass(frozen=True)
class Export:
    """One file to write: its name, the relation to read and the order of its rows."""

    file: str
    relation: str
    order_by: str
    shape: str = "records"


def declared() -> list[Export]:
    """Return the exports of the last dbt build, from its manifest.

    Raises `IngestError` where dbt has not been run yet or a declaration is incomplete.
    """
    path = dbt_target() / "manifest.json"
    if not path.exists():
        raise IngestError(f"{path} is missing: run `dbt build` (or `make build`) before the export")
    exports = []
    for node in json.loads(path.read_text())["nodes"].values():
        if meta := node.get("config", {}).get("meta", {}).get("export"):
            relation = f"{node['schema']}.{node['alias']}"
            try:
                export = Export(relation=relation, **meta)
            except TypeError as error:
                raise IngestError(
                    f"{relation}: meta.export takes file, order_by, shape: {error}"
                ) from error
            if Path(export.file).suffix not in WRITERS:
                raise IngestError(f"{relation}: {export.file} must end in {' or '.join(WRITERS)}")
            exports.append(export)
    return sorted(exports, key=lambda export: export.file)


def export_all(folder: Path) -> Iterator[tuple[Path, int]]:
    """Write every declared file into `folder`; yield each path and its number of rows."""
    exports = declared()
    folder.mkdir(parents=True, exist_ok=True)
    with closing(connect.connect("transformer")) as warehouse:
        for export in exports:
            query = f"select * from {export.relation} order by {export.order_by}"  # noqa: S608
            with (
                warehouse,
                warehouse.cursor("export") as rows,
                _replacing(folder / export.file) as file,
            ):
                try:
                    rows.execute(query)
                except psycopg2.errors.UndefinedTable as error:
                    raise IngestError(
                        f"{export.relation} is not built yet: run `dbt build`"
                    ) from error
                yield (
                    folder / export.file,
                    WRITERS[Path(export.file).suffix](file, rows, export),
                )


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        beside = Path(file.name)
        try:
            yield file  # type: ignore[misc]
            file.flush()
            os.fsync(file.fileno())
            beside.chmod(0o644)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _write_csv(file: TextIO, rows: Any, _export: Export) -> int:
    writer = csv.writer(file, lineterminator="\n")
    first = rows.fetchone()  # a server-side cursor knows its columns once it has fetched
    writer.writerow([column.name for column in rows.description])
    return sum(1 for row in _all(first, rows) if writer.writerow(row))


def _write_json(file: TextIO, rows: Any, export: Export) -> int:
    shape = export.shape
    first = rows.fetchone()
    columns = [column.name for column in rows.description]
    opening, closing_ = ("{", "}") if shape == "object" else ("[", "]")
    count = 0
    file.write(opening)
    for count, row in enumerate(_all(first, rows), 1):
        file.write("," if count > 1 else "")
        if shape == "object":
            file.write(f"{_json(str(row[0]))}:{_json(row[1])}")
        else:
            file.write(_json(dict(zip(columns, row, strict=True))))
    file.write(closing_)
    return count


def _all(first: tuple[Any, ...] | None, rows: Any) -> Iterator[tuple[Any, ...]]:
    if first is not None:
        yield first
        yield from rows


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _write_sqlite(file: TextIO, rows: Any, export: Export) -> int:
    first = rows.fetchone()
    columns = ", ".join(
        f'"{column.name}" {SQLITE_TYPES.get(column.type_code, "text")}'
        for column in rows.description
    )
    table = Path(export.file).stem
    marks = ", ".join("?" * len(rows.description))
    with closing(sqlite3.connect(file.name)) as database, database:
        # No journal beside it: until the file is whole, nobody but us knows its name.
        database.execute("pragma journal_mode = off")
        database.execute(f'create table "{table}" ({columns})')
        cursor = database.executemany(
            f'insert into "{table}" values ({marks})',  # noqa: S608
            (tuple(map(_sqlite_value, row)) for row in _all(first, rows)),
        )
        return max(cursor.rowcount, 0)


# Postgres's own numbers of its types: booleans and integers, floats, bytes. All else is text.
SQLITE_TYPES = {16: "integer", 20: "integer", 21: "integer", 23: "integer"}
SQLITE_TYPES |= {700: "real", 701: "real", 17: "blob"}


def _sqlite_value(value: object) -> object:
    if isinstance(value, memoryview):
        return bytes(value)
    if value is None or isinstance(value, int | float | str):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


WRITERS: dict[str, Callable[[TextIO, Any, Export], int]] = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".db": _write_sqlite,
}
