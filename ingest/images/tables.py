"""What images lands: its raw tables."""

import pyarrow as pa

_TIME = pa.timestamp("us", "UTC")

TABLES = {
    "attempts": pa.schema(
        [
            ("run_id", pa.int64()),
            ("draw", pa.int64()),
            ("listing", pa.string()),
            ("url", pa.string()),
            ("file_name", pa.string()),
            ("listed_title", pa.string()),
            ("attempted_at", _TIME),
            ("duration_ms", pa.float64()),
            ("tries", pa.int64()),
            ("status", pa.int64()),
            ("error", pa.string()),
            ("detail", pa.string()),
            ("bytes", pa.int64()),
            ("sha256", pa.string()),
        ]
    ),
    "contents": pa.schema(
        [
            ("sha256", pa.string()),
            ("format", pa.string()),
            ("width", pa.int64()),
            ("height", pa.int64()),
            ("content", pa.binary()),
        ]
    ),
    "pages": pa.schema(
        [
            ("run_id", pa.int64()),
            ("listing", pa.string()),
            ("url", pa.string()),
            ("attempted_at", _TIME),
            ("duration_ms", pa.float64()),
            ("tries", pa.int64()),
            ("status", pa.int64()),
            ("error", pa.string()),
            ("detail", pa.string()),
            ("bytes", pa.int64()),
            ("links", pa.int64()),
        ]
    ),
    "draws": pa.schema(
        [
            ("run_id", pa.int64()),
            ("listing", pa.string()),
            ("seed", pa.int64()),
            ("asked", pa.int64()),
            ("urls_listed", pa.int64()),
            ("urls_disallowed", pa.int64()),
            ("pages_read", pa.int64()),
            ("urls_taken", pa.int64()),
            ("drawn_at", _TIME),
        ]
    ),
}
