"""Raw tables: how a source declares them, and its rows as Arrow tables.

    TABLES = {"contents": {"sha256": text, "width": whole, "content": blob}}
    rows(TABLES["contents"], [("ab12", 64, b"...")])

Arrow is imported when the first rows are made: commands that land nothing start without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

text = "text"
whole = "whole"  # an integer of 64 bits
real = "real"  # a double
flag = "flag"
moment = "moment"  # in UTC, to the microsecond
blob = "blob"

Columns = Mapping[str, str]
"""A raw table: its columns in order, each with one of the kinds above."""
Tables = Mapping[str, Columns]


# What every source has: see `ingest.landing.origins`
ORIGINS: Columns = {
    "origin_id": whole,
    "record_table": text,
    "origin": text,
    "kind": text,
    "records": whole,
    "landed_at": moment,
    "counts": flag,
    "because": text,
    "since_run_id": whole,
    "changed_at": moment,
    "run_id": whole,
    "event": whole,
}


def arrow_schema(columns: Columns) -> "pa.Schema":
    """Return a table's declaration as Arrow reads it."""
    return _arrow_schema(tuple(columns.items()))


@lru_cache
def _arrow_schema(columns: tuple[tuple[str, str], ...]) -> "pa.Schema":
    import pyarrow as pa

    kinds = {
        text: pa.string(),
        whole: pa.int64(),
        real: pa.float64(),
        flag: pa.bool_(),
        moment: pa.timestamp("us", "UTC"),
        blob: pa.binary(),
    }
    return pa.schema([(name, kinds[kind]) for name, kind in columns])


def rows(columns: Columns, values: Iterable[Sequence[object]]) -> "pa.Table":
    """Return `values`, one tuple a row in the order of the columns, as an Arrow table."""
    import pyarrow as pa

    schema = arrow_schema(columns)
    by_column = list(zip(*values, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, kind) for column, kind in zip(by_column, schema.types, strict=True)]
    return pa.table(arrays, schema=schema)
