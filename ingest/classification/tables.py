"""What classification lands."""

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, flag, moment, text, whole

# `page` is a load's number in its run, from 1: with the run's it gives the order of everything.
TABLES: Tables = {
    "images": {
        "path": text,
        "size_bytes": whole,
        "modified_ns": whole,
        "sha256": text,
        "photo_id": whole,
        "problem": text,
        "detail": text,
        "read_at": moment,
        "origin_id": whole,
        "run_id": whole,
    },
    "removed_images": {
        "path": text,
        "photo_id": whole,
        "removed_at": moment,
        "origin_id": whole,
        "run_id": whole,
    },
    "requests": {
        "photo_id": whole,
        "request_queue": text,
        "requested_at": moment,
        "origin_id": whole,
        "run_id": whole,
        "page": whole,
    },
    "outcomes": {
        "photo_id": whole,
        "outcome": text,
        "detail": text,
        "noted_at": moment,
        "origin_id": whole,
        "run_id": whole,
        "page": whole,
    },
    "replies": {
        "run_id": whole,
        "reply_number": whole,
        "photo_id": whole,
        "label": text,
        "problem": text,
        "size_bytes": whole,
        "is_text": flag,
        "body": blob,
        "received_at": moment,
        "origin_id": whole,
        "page": whole,
    },
    "pages": {
        "origin_id": whole,
        "run_id": whole,
        "page": whole,
        "files_found": whole,
        "requests_made": whole,
        "replies_taken": whole,
        "counted_at": moment,
    },
}

# A reading of a file that was read again. What a file held before stands in `removed_images`, so
# that labels, which are paid for, do not rest on older readings; requests and replies always stay.
READ_AGAIN = """
(origin_id, path, run_id) in (
    select origin_id, path, run_id from (
        select
            origin_id, path, run_id,
            lead(read_at) over (partition by origin_id, path order by run_id) as read_again_at
        from raw_classification.images where _dlt_load_id in ({loads})
    ) as readings where read_again_at < {before}
)
"""
# A folder's count that a later one follows; those of a queue add up and stay.
COUNTED_AGAIN = """
(origin_id, run_id, page) in (
    select origin_id, run_id, page from (
        select
            origin_id, run_id, page,
            lead(counted_at) over (partition by origin_id order by run_id, page) as counted_again_at
        from raw_classification.pages
        where files_found is not null and _dlt_load_id in ({loads})
    ) as counts where counted_again_at < {before}
)
"""
RAW_SCHEMA = RawSchema(
    "classification", TABLES, superseded={"images": READ_AGAIN, "pages": COUNTED_AGAIN}
)
