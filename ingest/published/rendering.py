"""How values are written, by the engine itself: SQL made of the types of columns, in one place.

dates, times   ISO 8601 as PostgreSQL's JSON has them, in UTC; `infinity`, `0044-03-15 BC` too
numbers        as numbers, to the last digit; NaN, Infinity in words where a format has no number
bytes          base64 in text, bytes in Parquet and SQLite
arrays, JSON   JSON
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.published.declarations import Export

COLUMNS = """
select
    attname,
    base.typname,
    base.typcategory,
    coalesce(nullif(attribute.atttypmod, -1), own.typtypmod)
from pg_attribute as attribute
inner join pg_type as own on attribute.atttypid = own.oid
inner join pg_type as base
    on base.oid = case own.typtype when 'd' then own.typbasetype else own.oid end
where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
order by attnum
"""
SETTINGS = (
    "set local timezone = 'UTC'; set local intervalstyle = iso_8601; set local datestyle = ISO"
)
MOMENTS = ("date", "timestamp", "timestamptz")
# What makes a spreadsheet run a cell, also as full-width characters
FORMULA = "^[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]"

Query = sql.Composable


@dataclass(frozen=True)
class Column:
    """A column of a relation, and its type as Postgres has it."""

    name: str
    type: str
    category: str
    modifier: int

    @property
    def quoted(self) -> Query:
        """The column as SQL names it."""
        return sql.Identifier(self.name)


def columns_of(cursor: Cursor, export: Export) -> list[Column]:
    """Return the columns of the relation of an export; none where it is not built."""
    relation = sql.Identifier(export.schema, export.table).as_string(cursor)
    cursor.execute(COLUMNS, [relation])
    return [Column(*row) for row in cursor.fetchall()]


def ordered(export: Export, columns: Sequence[Column], values: Query) -> Query:
    """Return the query of `values`, in an order that leaves nothing to chance.

    Rows that the declared order does not tell apart are in the order of the key, or of all columns.
    """
    key: list[Query] = [sql.Identifier(name) for name in export.key]
    rest = key or [sql.SQL("{}::text").format(column.quoted) for column in columns]
    # In a query of its own: beside the values, `n` would mean the text that is made of n.
    rows = sql.SQL("select * from {} as exported order by {}, {}").format(
        *(sql.Identifier(export.schema, export.table), sql.SQL(export.order_by)),
        sql.SQL(", ").join(rest),
    )
    return sql.SQL("select {} from ({}) as exported").format(values, rows)


def as_text(column: Column) -> Query:
    """Return a column as text."""
    if column.category == "S":
        return column.quoted
    if column.type == "bytea":
        return sql.SQL("translate(encode({}, 'base64'), e'\\n', '')").format(column.quoted)
    if column.type in MOMENTS:
        return sql.SQL("to_json({}) #>> '{{}}'").format(column.quoted)
    if column.category in "AC" or column.type in ("json", "jsonb"):
        return sql.SQL("to_json({})::text").format(column.quoted)
    return sql.SQL("{}::text").format(column.quoted)


def as_cell(column: Column) -> Query:
    """Return a column as text that no spreadsheet takes for a formula."""
    if column.category in "BDN":
        return as_text(column)
    return sql.SQL("regexp_replace({}, {}, '''\\&')").format(as_text(column), sql.Literal(FORMULA))


def as_json(column: Column) -> Query:
    """Return a column as JSON takes it; NaN and infinities become texts there."""
    return sql.SQL("to_json({})").format(
        as_text(column) if column.type == "bytea" else column.quoted
    )


def named(columns: Sequence[Column], values: Sequence[Query]) -> Query:
    """Return values under the names of their columns, as a list to select."""
    pairs = zip(values, columns, strict=True)
    return sql.SQL(", ").join(sql.SQL("{} as {}").format(v, c.quoted) for v, c in pairs)
