"""What signatures lands: files and INDEX lines of both datasets, and what the service registers.

Rows of `files`, `removed_files` and `counts` are events: what holds now is the last one of each
path or origin, by `run_id`, the run's number in the ledger. Clocks are not asked.
"""

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, moment, text, whole

SOURCE_A = "SOURCE_A"
SOURCE_B = "SOURCE_B"
REGISTERED = "REGISTERED"

TABLES: Tables = {
    "files": {
        "source": text,
        "path": text,
        "size_bytes": whole,
        "sha256": text,
        "modified_at": moment,
        "read_at": moment,
        "problem": text,
        "fingerprint": text,
        "content": blob,
        "run_id": whole,
    },
    "removed_files": {"source": text, "path": text, "read_at": moment, "run_id": whole},
    "index_lines": {"line": whole, "raw_bytes": blob, "run_id": whole},
    "counts": {
        "record_table": text,
        "origin": text,
        "records_read": whole,
        "read_at": moment,
        "run_id": whole,
    },
    "registrations": {
        "idempotence_key": text,
        "digest": text,
        "signee_id": text,
        "signature_ids": text,
        "registered_at": moment,
    },
    "registered_signees": {
        "signee_id": text,
        "medium": text,
        "local_id": text,
        "registered_at": moment,
    },
    "registered_signatures": {
        "signature_id": text,
        "signee_id": text,
        "signee_medium": text,
        "local_id": text,
        "medium": text,
        "sample_number": whole,
        "path": text,
        "asset_id": text,
        "metadata": text,
        "registered_at": moment,
    },
}
RAW_SCHEMA = RawSchema("signatures", TABLES)
