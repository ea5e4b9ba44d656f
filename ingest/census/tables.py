"""What census lands: the columns of the two files and its raw tables."""

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, moment, text, whole

PEOPLE = ("given_name", "family_name", "date_of_birth", "place_of_birth")
PLACES = ("city", "county", "country")

TABLES: Tables = {
    "people": {**dict.fromkeys(PEOPLE, text), "line": whole},
    "places": {**dict.fromkeys(PLACES, text), "line": whole},
    "malformed_lines": {
        "record_table": text,
        "line": whole,
        "problem": text,
        "field_count": whole,
        "raw_bytes": blob,
    },
    "files": {
        "record_table": text,
        "path": text,
        "sha256": text,
        "size_bytes": whole,
        "modified_at": moment,
        "read_at": moment,
        "records_read": whole,
    },
}
RAW_SCHEMA = RawSchema("census", TABLES)
