"""What education lands: its raw tables, every value of upstream as text."""

import pyarrow as pa

MOMENT = pa.timestamp("us", "UTC")

# What cannot be text in Postgres is landed as bytes, with the problem named.
NOT_TEXT = [("problem", pa.string()), ("raw_bytes", pa.binary())]

TABLES = {
    "students": pa.schema(
        [
            ("chunk", pa.int64()),
            ("id", pa.int64()),
            ("name", pa.string()),
            ("batch_id", pa.string()),
            ("created_at", pa.string()),
            *NOT_TEXT,
        ]
    ),
    "student_chunks": pa.schema(
        [
            ("path", pa.string()),
            ("chunk", pa.int64()),
            ("digest", pa.string()),
            ("students_read", pa.int64()),
            ("read_at", MOMENT),
        ]
    ),
    "batches": pa.schema(
        [
            ("page", pa.int64()),
            ("position", pa.int64()),
            ("id", pa.string()),
            ("name", pa.string()),
            ("created_at", pa.string()),
            ("record", pa.string()),
        ]
    ),
    "batch_pages": pa.schema(
        [
            ("url", pa.string()),
            ("page", pa.int64()),
            ("after", pa.string()),
            ("records_received", pa.int64()),
            ("records_new", pa.int64()),
            ("read_at", MOMENT),
        ]
    ),
    "log_lines": pa.schema(
        [
            ("file_id", pa.int64()),
            ("byte_offset", pa.int64()),
            ("text", pa.string()),
            *NOT_TEXT,
        ]
    ),
    "log_reads": pa.schema(
        [
            ("path", pa.string()),
            ("found_as", pa.string()),
            ("file_id", pa.int64()),
            ("device", pa.string()),
            ("inode", pa.string()),
            ("from_offset", pa.int64()),
            ("to_offset", pa.int64()),
            ("lines_read", pa.int64()),
            ("head_sha256", pa.string()),
            ("tail_sha256", pa.string()),
            ("read_at", MOMENT),
        ]
    ),
}


def rows(table: str, values: list[tuple[object, ...]]) -> pa.Table:
    """Return `values`, one tuple a row in the order of the columns, as an Arrow table."""
    schema = TABLES[table]
    columns = zip(*values, strict=True) if values else [()] * len(schema)
    return pa.table(
        [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)],
        schema=schema,
    )


def problem_of(raw: bytes) -> str | None:
    """Name what keeps these bytes from being text in Postgres; None where nothing does."""
    if b"\0" in raw:
        return "nul"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "not utf-8"
    return None
