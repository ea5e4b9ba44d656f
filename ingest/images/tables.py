"""What images lands: its raw tables, and which of their rows count no more."""

from pathlib import Path

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, flag, moment, real, text, whole

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
        "origin_id": whole,
    },
    "contents": {
        "sha256": text,
        "format": text,
        "width": whole,
        "height": whole,
        "mode": text,
        "frames": whole,
        "orientation": whole,
        "is_one_colour": flag,
        "content": blob,
    },
    "pages": {
        "run_id": whole,
        "listing": text,
        "url": text,
        **OUTCOME,
        "links": whole,
        "origin_id": whole,
    },
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
        "origin_id": whole,
    },
    "take_downs": {
        "sha256": text,
        "url": text,
        "because": text,
        "run_id": whole,
        "taken_down_at": moment,
    },
}

# A content that is left without an attempt once those of retired origins are gone. Origins share
# contents: what a retired one brought stays while another one that stays brought it too.
NOT_NAMED = """
sha256 in (
    select sha256 from raw_images.contents
    except
    select sha256 from raw_images.attempts
    where error is null and _dlt_load_id in ({loads}) and origin_id not in (
        select origin_id from (
            select
                origin_id, counts, changed_at,
                row_number() over (partition by origin_id order by run_id desc, event desc) as age
            from raw_images.origins where _dlt_load_id in ({loads})
        ) as events where age = 1 and not counts and changed_at < {before}
    )
)
"""
RAW_SCHEMA = RawSchema(
    "images",
    TABLES,
    Path(__file__).with_name("raw.sql").read_text(),
    superseded={"contents": NOT_NAMED},
)
