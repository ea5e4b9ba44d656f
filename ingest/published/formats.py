"""The formats that are text: the server renders each row and copies it, as its COPY does.

.csv .tsv     NULL is nothing, an empty text is ""
.jsonl        an object a line
.json         an array of objects, or one object of the first column to the second
"""

from collections.abc import Sequence
from typing import BinaryIO

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.published.declarations import Export
from ingest.published.rendering import Column, Query, as_cell, as_json, as_text, named, ordered

CSV = "copy ({}) to stdout (format csv, header, delimiter {})"
# JSON holds none of these characters, so that each row is written as it is, one a line
JSON = "copy ({}) to stdout (format csv, quote e'\\x01', delimiter e'\\x02')"


class _Joined:
    """Rows that were told apart by line ends, with commas between them."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.is_first = file, True

    def write(self, row: bytes) -> None:  # which libpq hands on one by one
        self.file.write(b"" if self.is_first else b",")
        self.file.write(row.removesuffix(b"\n"))
        self.is_first = False


def values_of(export: Export, columns: Sequence[Column]) -> Query:
    """Return what is selected to be written."""
    if export.ending in (".csv", ".tsv"):
        cell = as_cell if export.spreadsheet else as_text
        return named(columns, [cell(column) for column in columns])
    if export.shape == "object":
        key, value = columns
        pair = sql.SQL("to_json({}::text) || ':' || coalesce({}::text, 'null')")
        return _line(pair.format(as_text(key), as_json(value)))
    fields = named(columns, [as_json(column) for column in columns])
    return _line(sql.SQL("(select row_to_json(one)::text from (select {}) as one)").format(fields))


def _line(json: Query) -> Query:
    """Keep a row on one line: JSON may hold line ends between its values."""
    return sql.SQL("translate({}, e'\\n\\r', '  ')").format(json)


def write_csv(cursor: Cursor, export: Export, columns: Sequence[Column], file: BinaryIO) -> int:
    """Write fields and a header; returns the number of rows."""
    query = ordered(export, columns, values_of(export, columns))
    delimiter = sql.Literal("\t" if export.ending == ".tsv" else ",")
    cursor.copy_expert(sql.SQL(CSV).format(query, delimiter), file)
    return cursor.rowcount


def write_json_lines(
    cursor: Cursor, export: Export, columns: Sequence[Column], file: BinaryIO
) -> int:
    """Write an object a line; returns the number of rows."""
    query = ordered(export, columns, values_of(export, columns))
    cursor.copy_expert(sql.SQL(JSON).format(query), file)
    return cursor.rowcount


def write_json(cursor: Cursor, export: Export, columns: Sequence[Column], file: BinaryIO) -> int:
    """Write an array of objects, or one object of keys and values; returns the number of rows."""
    query = ordered(export, columns, values_of(export, columns))
    opening, closing = (b"{", b"}") if export.shape == "object" else (b"[", b"]")
    file.write(opening)
    cursor.copy_expert(sql.SQL(JSON).format(query), _Joined(file))
    file.write(closing)
    return cursor.rowcount
