"""What education lands: its raw tables, every value of upstream as text."""

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, moment, text, whole

# What cannot be text in Postgres is landed as bytes, with the problem named.
NOT_TEXT = {"problem": text, "raw_bytes": blob}

TABLES: Tables = {
    "students": {
        "chunk": whole,
        "id": whole,
        "name": text,
        "batch_id": text,
        "created_at": text,
        **NOT_TEXT,
        "origin_id": whole,
    },
    "student_chunks": {
        "path": text,
        "chunk": whole,
        "digest": text,
        "students_read": whole,
        "read_at": moment,
        "origin_id": whole,
        "run_id": whole,
    },
    "batches": {
        "page": whole,
        "position": whole,
        "id": text,
        "name": text,
        "created_at": text,
        "record": text,
        "origin_id": whole,
    },
    "batch_pages": {
        "url": text,
        "page": whole,
        "after": text,
        "records_received": whole,
        "records_new": whole,
        "read_at": moment,
        "origin_id": whole,
        "run_id": whole,
    },
    "log_lines": {
        "file_id": whole,
        "byte_offset": whole,
        "text": text,
        **NOT_TEXT,
        "origin_id": whole,
    },
    "log_reads": {
        "path": text,
        "found_as": text,
        "file_id": whole,
        "device": text,
        "inode": text,
        "from_offset": whole,
        "to_offset": whole,
        "lines_read": whole,
        "head_sha256": text,
        "tail_sha256": text,
        "read_at": moment,
        "origin_id": whole,
        "run_id": whole,
    },
}

# A hundred ids that were read again since. The students first: they are found by their chunks.
REPLACED = """
(origin_id, chunk, _dlt_load_id) in (
    select origin_id, chunk, _dlt_load_id from (
        select
            origin_id, chunk, _dlt_load_id,
            lead(read_at) over (partition by origin_id, chunk order by run_id) as replaced_at
        from raw_education.student_chunks where _dlt_load_id in ({loads})
    ) as readings where replaced_at < {before}
)
"""
RAW_SCHEMA = RawSchema(
    "education", TABLES, superseded=dict.fromkeys(("students", "student_chunks"), REPLACED)
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
