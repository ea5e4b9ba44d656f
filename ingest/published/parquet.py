"""Writes Parquet, in row groups: types as far as Parquet has them, and all else as text.

integers, floats, booleans, bytes   as they are
numeric(p, s)                       decimal(p, s); without p and s a double
date, timestamp, timestamptz        the same, to the microsecond; it has no infinity
any other type                      text, as in CSV
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from ingest.published.declarations import Export
from ingest.published.rendering import MOMENTS, Column, Query, as_text, named, ordered

if TYPE_CHECKING:
    import pyarrow as pa

FETCHED = 2_000  # rows at once as Python has them, which takes ten times the room of Arrow's
ROW_GROUP = 20_000  # rows
NATIVE = ("bool", "int2", "int4", "int8", "float4", "float8", "bytea")


def write_parquet(
    warehouse: Connection, export: Export, columns: Sequence[Column], file: BinaryIO
) -> int:
    """Write the rows; returns their number."""
    import pyarrow as pa
    from pyarrow import parquet

    pa.set_memory_pool(pa.system_memory_pool())  # the default one keeps what it has freed
    schema = pa.schema(
        [pa.field(c.name, _type(c), nullable=c.name not in export.not_null) for c in columns]
    )
    values = named(columns, [_value(column) for column in columns])
    count = 0
    with (
        warehouse.cursor("export") as rows,
        parquet.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        rows.itersize = FETCHED
        rows.execute(ordered(export, columns, values))
        pieces = iter(lambda: _piece(rows, schema), None)
        while group := list(islice(pieces, ROW_GROUP // FETCHED)):
            made = pa.concat_tables(group)
            writer.write_table(made)
            count += len(made)
    return count


def _piece(rows: Iterator[tuple[object, ...]], schema: "pa.Schema") -> "pa.Table | None":
    import pyarrow as pa

    some = list(islice(rows, FETCHED))
    if not some:
        return None
    by_column = zip(*some, strict=True)
    arrays = [pa.array(v, kind) for v, kind in zip(by_column, _stored(schema), strict=True)]
    return pa.table(arrays, names=schema.names).cast(schema)


def _value(column: Column) -> Query:
    """Days and microseconds as numbers: Python knows no year before 1 and none after 9999."""
    if column.type == "date":
        return sql.SQL("({} - date '1970-01-01')").format(column.quoted)
    if column.type in MOMENTS:
        return sql.SQL("(extract(epoch from {}) * 1000000)::bigint").format(column.quoted)
    if column.type in NATIVE or _is_decimal(column):
        return column.quoted
    if column.type == "numeric":
        return sql.SQL("{}::float8").format(column.quoted)
    return as_text(column)


def _is_decimal(column: Column) -> bool:
    """Whether precision and scale are declared and fit."""
    precision, scale = _digits(column)
    return column.type == "numeric" and column.modifier > 0 and 0 <= scale <= precision <= 38


def _digits(column: Column) -> tuple[int, int]:
    digits = column.modifier - 4  # where Postgres keeps both
    scale = digits & 0x7FF
    return digits >> 16, scale - 2048 if scale > 1023 else scale


def _type(column: Column) -> "pa.DataType":
    import pyarrow as pa

    kinds = {
        "bool": pa.bool_(),
        "int2": pa.int16(),
        "int4": pa.int32(),
        "int8": pa.int64(),
        "float4": pa.float32(),
        "float8": pa.float64(),
        "numeric": pa.float64(),
        "bytea": pa.binary(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", "UTC"),
    }
    if _is_decimal(column):
        return pa.decimal128(*_digits(column))
    return kinds.get(column.type, pa.string())


def _stored(schema: "pa.Schema") -> "list[pa.DataType]":
    """Return the types in which values come from the server."""
    import pyarrow as pa

    as_numbers = {"date32[day]": pa.int32(), "timestamp[us]": pa.int64()}
    as_numbers["timestamp[us, tz=UTC]"] = pa.int64()
    return [as_numbers.get(str(kind), kind) for kind in schema.types]
