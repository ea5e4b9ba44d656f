"""What signatures lands: files and INDEX lines of both datasets, and what the service registers.

Rows of `files`, `removed_files` and `counts` are events: what holds now is the last one of each
path or origin, by `run_id`, the run's number in the ledger. Clocks are not asked.
"""

import pyarrow as pa

SOURCE_A = "SOURCE_A"
SOURCE_B = "SOURCE_B"
REGISTERED = "REGISTERED"

MOMENT = pa.timestamp("us", "UTC")

TABLES = {
    "files": pa.schema(
        [
            ("source", pa.string()),
            ("path", pa.string()),
            ("size_bytes", pa.int64()),
            ("sha256", pa.string()),
            ("modified_at", MOMENT),
            ("read_at", MOMENT),
            ("problem", pa.string()),
            ("fingerprint", pa.string()),
            ("content", pa.binary()),
            ("run_id", pa.int64()),
        ]
    ),
    "removed_files": pa.schema(
        [
            ("source", pa.string()),
            ("path", pa.string()),
            ("read_at", MOMENT),
            ("run_id", pa.int64()),
        ]
    ),
    "index_lines": pa.schema(
        [("line", pa.int64()), ("raw_bytes", pa.binary()), ("run_id", pa.int64())]
    ),
    "counts": pa.schema(
        [
            ("record_table", pa.string()),
            ("origin", pa.string()),
            ("records_read", pa.int64()),
            ("read_at", MOMENT),
            ("run_id", pa.int64()),
        ]
    ),
    "registrations": pa.schema(
        [
            ("idempotence_key", pa.string()),
            ("digest", pa.string()),
            ("signee_id", pa.string()),
            ("signature_ids", pa.string()),
            ("registered_at", MOMENT),
        ]
    ),
    "registered_signees": pa.schema(
        [
            ("signee_id", pa.string()),
            ("medium", pa.string()),
            ("local_id", pa.string()),
            ("registered_at", MOMENT),
        ]
    ),
    "registered_signatures": pa.schema(
        [
            ("signature_id", pa.string()),
            ("signee_id", pa.string()),
            ("signee_medium", pa.string()),
            ("local_id", pa.string()),
            ("medium", pa.string()),
            ("sample_number", pa.int64()),
            ("path", pa.string()),
            ("asset_id", pa.string()),
            ("metadata", pa.string()),
            ("registered_at", MOMENT),
        ]
    ),
}
