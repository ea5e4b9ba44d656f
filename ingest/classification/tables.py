"""What classification lands."""

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, flag, moment, text, whole

TABLES: Tables = {
    "images": {
        "folder": text,
        "path": text,
        "size_bytes": whole,
        "modified_ns": whole,
        "sha256": text,
        "photo_id": whole,
        "problem": text,
        "detail": text,
        "read_at": moment,
    },
    "requests": {
        "photo_id": whole,
        "broker": text,
        "request_queue": text,
        "requested_at": moment,
    },
    "replies": {
        "run_id": whole,
        "reply_number": whole,
        "broker": text,
        "reply_queue": text,
        "photo_id": whole,
        "label": text,
        "problem": text,
        "size_bytes": whole,
        "is_text": flag,
        "body": blob,
        "received_at": moment,
    },
    "pages": {
        "run_id": whole,
        "folder": text,
        "broker": text,
        "request_queue": text,
        "reply_queue": text,
        "images_read": whole,
        "requests_made": whole,
        "replies_taken": whole,
        "counted_at": moment,
    },
}
RAW_SCHEMA = RawSchema("classification", TABLES)
