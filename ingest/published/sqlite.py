"""Writes SQLite files: one table of the file's name, with what the model's contract declares.

integers, booleans   integer
floats               real; NaN, which SQLite has not, as a text
numeric              numeric: a number where SQLite holds all its digits, else text
bytes                blob
any other type       text, as in CSV
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath

from psycopg2.extensions import connection as Connection

from ingest.common.errors import IngestError
from ingest.published.declarations import Export
from ingest.published.rendering import Column, as_text, named, ordered

TYPES = {
    **dict.fromkeys(("bool", "int2", "int4", "int8"), "integer"),
    **dict.fromkeys(("float4", "float8"), "real"),
    "numeric": "numeric",
    "bytea": "blob",
}


def write_sqlite(
    warehouse: Connection, export: Export, columns: Sequence[Column], path: Path
) -> int:
    """Write rows, key, indexes and views into the empty file at `path`; returns the rows' number.

    Raises `IngestError` where SQLite refuses the declaration of an index or a view.
    """
    values = named(
        columns,
        [as_text(c) if c.type not in TYPES or c.type == "numeric" else c.quoted for c in columns],
    )
    with closing(sqlite3.connect(path)) as database, warehouse.cursor("export") as rows:
        # No journal beside it: until the file is whole, nobody but us knows its name.
        database.execute("pragma journal_mode = off")
        database.execute("pragma synchronous = off")
        _declare(database, table(export), export, columns)
        rows.execute(ordered(export, columns, values))
        marks = ", ".join("?" * len(columns))
        insert = f"insert into {_quoted(table(export))} values ({marks})"  # noqa: S608
        count = database.executemany(insert, _storable(rows)).rowcount
        _finish(database, export)
        database.commit()
        return max(count, 0)


def table(export: Export) -> str:
    """Return the name of the table: the file's, without its endings."""
    return PurePosixPath(export.file).name.split(".")[0]


def _declare(
    database: sqlite3.Connection, name: str, export: Export, columns: Sequence[Column]
) -> None:
    declared = []
    for column in columns:
        not_null = " not null" if column.name in {*export.not_null, *export.key} else ""
        declared.append(f"{_quoted(column.name)} {TYPES.get(column.type, 'text')}{not_null}")
    if export.key:
        declared.append(f"primary key ({', '.join(map(_quoted, export.key))})")
    database.execute(f"create table {_quoted(name)} ({', '.join(declared)})")


def _finish(database: sqlite3.Connection, export: Export) -> None:
    for name, query in export.views.items():
        _do(database, f"create view {_quoted(name)} as {query}", export, f"view {name}")
        _do(database, f"select * from {_quoted(name)} limit 1", export, f"view {name}")  # noqa: S608
    for index in export.indexes:
        columns = [part.strip() for part in index.split(",")]
        name = "_".join((table(export), *columns))
        on = f"{_quoted(table(export))} ({', '.join(map(_quoted, columns))})"
        _do(database, f"create index {_quoted(name)} on {on}", export, f"index {index}")


def _do(database: sqlite3.Connection, statement: str, export: Export, what: str) -> None:
    try:
        database.execute(statement)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise IngestError(f"{export.relation}: {what} of {export.file}: {error}") from error


def _storable(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield tuple(_stored(value) for value in row)


def _stored(value: object) -> object:
    if isinstance(value, memoryview):
        return bytes(value)
    return "NaN" if value != value else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
