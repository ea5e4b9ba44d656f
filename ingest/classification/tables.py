"""What classification lands."""

import pyarrow as pa

_TIME = pa.timestamp("us", "UTC")

TABLES = {
    "images": pa.schema(
        [
            ("folder", pa.string()),
            ("path", pa.string()),
            ("size_bytes", pa.int64()),
            ("modified_ns", pa.int64()),
            ("sha256", pa.string()),
            ("photo_id", pa.int64()),
            ("problem", pa.string()),
            ("detail", pa.string()),
            ("read_at", _TIME),
        ]
    ),
    "requests": pa.schema(
        [
            ("photo_id", pa.int64()),
            ("broker", pa.string()),
            ("request_queue", pa.string()),
            ("requested_at", _TIME),
        ]
    ),
    "replies": pa.schema(
        [
            ("run_id", pa.int64()),
            ("reply_number", pa.int64()),
            ("broker", pa.string()),
            ("reply_queue", pa.string()),
            ("photo_id", pa.int64()),
            ("label", pa.string()),
            ("problem", pa.string()),
            ("size_bytes", pa.int64()),
            ("is_text", pa.bool_()),
            ("body", pa.binary()),
            ("received_at", _TIME),
        ]
    ),
    "pages": pa.schema(
        [
            ("run_id", pa.int64()),
            ("folder", pa.string()),
            ("broker", pa.string()),
            ("request_queue", pa.string()),
            ("reply_queue", pa.string()),
            ("images_read", pa.int64()),
            ("requests_made", pa.int64()),
            ("replies_taken", pa.int64()),
            ("counted_at", _TIME),
        ]
    ),
}
