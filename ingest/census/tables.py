"""What census lands: the columns of the two files and its raw tables."""

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, moment, text, whole

PEOPLE = ("given_name", "family_name", "date_of_birth", "place_of_birth")
PLACES = ("city", "county", "country")

TABLES: Tables = {
    "people": {**dict.fromkeys(PEOPLE, text), "line": whole, "origin_id": whole},
    "places": {**dict.fromkeys(PLACES, text), "line": whole, "origin_id": whole},
    "malformed_lines": {
        "record_table": text,
        "line": whole,
        "problem": text,
        "field_count": whole,
        "raw_bytes": blob,
        "origin_id": whole,
    },
    "files": {
        "record_table": text,
        "path": text,
        "sha256": text,
        "size_bytes": whole,
        "modified_at": moment,
        "read_at": moment,
        "records_read": whole,
        "origin_id": whole,
        "run_id": whole,
        "read_as": text,
    },
}

# A content that its file replaced by another one
REPLACED = """
(origin_id, _dlt_load_id) in (
    select origin_id, _dlt_load_id from (
        select
            origin_id, _dlt_load_id,
            lead(read_at) over (partition by origin_id order by run_id) as replaced_at
        from raw_census.files where _dlt_load_id in ({loads})
    ) as contents where replaced_at < {before}
)
"""
RAW_SCHEMA = RawSchema("census", TABLES, superseded=dict.fromkeys(TABLES, REPLACED))
