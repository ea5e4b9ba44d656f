"""Asks the warehouse whether what is declared can be written, before anything is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from ingest.common.errors import one_line
from ingest.published.declarations import Export
from ingest.published.rendering import Column, as_text, columns_of, ordered

TWICE = """
select key from (select {} as key from {}) as keys group by key
having count(*) > 1 or key is null limit 1
"""


@dataclass(frozen=True)
class Checked:
    """An export that can be written, and the columns of its relation."""

    export: Export
    columns: Sequence[Column]


def check(warehouse: Connection, exports: Sequence[Export], faults: list[str]) -> Iterator[Checked]:
    """Yield the exports that can be written; each other one is a line more in `faults`."""
    with warehouse.cursor() as cursor:
        for export in exports:
            columns = columns_of(cursor, export)
            cursor.execute("savepoint checked")
            try:
                fault = _fault(cursor, export, columns)
            except (psycopg2.ProgrammingError, psycopg2.DataError) as error:
                cursor.execute("rollback to checked")
                if isinstance(error, psycopg2.errors.InsufficientPrivilege):
                    fault = f"cannot be read: {_first(error)}"
                else:
                    fault = f"order_by {export.order_by!r} is no order of its rows: {_first(error)}"
            if fault:
                faults.append(f"{export.relation}: {fault}")
            else:
                yield Checked(export, columns)


def _fault(cursor: Cursor, export: Export, columns: Sequence[Column]) -> str | None:
    names = [column.name for column in columns]
    if not names:
        return "is not built yet: run `dbt build`"
    if absent := [name for name in export.key if name not in names]:
        return f"is not built as declared, without {', '.join(absent)}: run `dbt build`"
    if export.shape == "object":
        if len(names) != 2:
            return f"shape object takes two columns, a key and its value, not {len(names)}"
        if twice := _key_twice(cursor, export, columns[0]):
            return twice
    for index in export.indexes:
        for name in index.split(","):
            if name.strip() not in names:
                return f"indexes names {name.strip()!r}, which is none of its columns"
    everything = ordered(export, columns, sql.SQL("*"))
    cursor.execute(sql.SQL("explain {}").format(everything))
    return None


def _key_twice(cursor: Cursor, export: Export, key: Column) -> str | None:
    relation = sql.Identifier(export.schema, export.table)
    cursor.execute(sql.SQL(TWICE).format(as_text(key), relation))
    for (value,) in cursor.fetchall():
        what = "a key that is null" if value is None else f"the key {value!r} twice"
        return f"shape object of {export.file} has {what}"
    return None


def _first(error: psycopg2.Error) -> str:
    return error.diag.message_primary or one_line(error)
