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


def _lines(export: Export, columns: Sequence[Column]) -> Query:
    """Return the query of the rows as JSON, each on one line."""
    if export.shape == "object":
        key, value = columns
        pair = sql.SQL("to_json({}::text) || ':' || coalesce({}::text, 'null') as line")
        query = ordered(export, columns, pair.format(as_text(key), as_json(value)))
    else:
        rows = ordered(export, columns, named(columns, [as_json(column) for column in columns]))
        query = sql.SQL("select row_to_json(one)::text as line from ({}) as one").format(rows)
    if any(column.type in ("json", "_json") for column in columns):
        # JSON that is kept as it was given may hold line ends between its values.
        query = sql.SQL("select translate(line, e'\\n\\r', '  ') from ({}) as lines").format(query)
    return query


def write_csv(cursor: Cursor, export: Export, columns: Sequence[Column], file: BinaryIO) -> int:
    """Write fields and a header; returns the number of rows."""
    cell = as_cell if export.spreadsheet else as_text
    query = ordered(export, columns, named(columns, [cell(column) for column in columns]))
    delimiter = sql.Literal("\t" if export.ending == ".tsv" else ",")
    cursor.copy_expert(sql.SQL(CSV).format(query, delimiter), file)
    return cursor.rowcount


def write_json_lines(
    cursor: Cursor, export: Export, columns: Sequence[Column], file: BinaryIO
) -> int:
    """Write an object a line; returns the number of rows."""
    cursor.copy_expert(sql.SQL(JSON).format(_lines(export, columns)), file)
    return cursor.rowcount


def write_json(cursor: Cursor, export: Export, columns: Sequence[Column], file: BinaryIO) -> int:
    """Write an array of objects, or one object of keys and values; returns the number of rows."""
    opening, closing = (b"{", b"}") if export.shape == "object" else (b"[", b"]")
    file.write(opening)
    cursor.copy_expert(sql.SQL(JSON).format(_lines(export, columns)), _Joined(file))
    file.write(closing)
    return cursor.rowcount
