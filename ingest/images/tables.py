"""What images lands: its raw tables."""

from pathlib import Path

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, moment, real, text, whole

# What came of asking for one URL
OUTCOME = {
    "attempted_at": moment,
    "duration_ms": real,
    "tries": whole,
    "status": whole,
    "error": text,
    "detail": text,
    "bytes": whole,
}

TABLES: Tables = {
    "attempts": {
        "run_id": whole,
        "draw": whole,
        "listing": text,
        "url": text,
        "file_name": text,
        "listed_title": text,
        **OUTCOME,
        "sha256": text,
    },
    "contents": {
        "sha256": text,
        "format": text,
        "width": whole,
        "height": whole,
        "content": blob,
    },
    "pages": {"run_id": whole, "listing": text, "url": text, **OUTCOME, "links": whole},
    "draws": {
        "run_id": whole,
        "listing": text,
        "seed": whole,
        "asked": whole,
        "urls_listed": whole,
        "urls_disallowed": whole,
        "pages_read": whole,
        "urls_taken": whole,
        "drawn_at": moment,
    },
}
RAW_SCHEMA = RawSchema("images", TABLES, Path(__file__).with_name("raw.sql").read_text())
