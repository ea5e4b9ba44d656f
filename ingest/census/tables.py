"""What census lands: the columns of the two files and its raw tables."""

import pyarrow as pa

PEOPLE = ("given_name", "family_name", "date_of_birth", "place_of_birth")
PLACES = ("city", "county", "country")


def _records(columns: tuple[str, ...]) -> pa.Schema:
    return pa.schema([*((name, pa.string()) for name in columns), ("line", pa.int64())])


TABLES = {
    "people": _records(PEOPLE),
    "places": _records(PLACES),
    "malformed_lines": pa.schema(
        [
            ("record_table", pa.string()),
            ("line", pa.int64()),
            ("problem", pa.string()),
            ("field_count", pa.int64()),
            ("raw_bytes", pa.binary()),
        ]
    ),
    "files": pa.schema(
        [
            ("record_table", pa.string()),
            ("path", pa.string()),
            ("sha256", pa.string()),
            ("size_bytes", pa.int64()),
            ("modified_at", pa.timestamp("us", "UTC")),
            ("read_at", pa.timestamp("us", "UTC")),
            ("records_read", pa.int64()),
        ]
    ),
}
