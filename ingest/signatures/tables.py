"""What signatures lands: files and INDEX lines of datasets, and what the service registers.

Rows of `files`, `removed_files` and `counts` are events: what holds now is the last one of each
path or directory of an origin, by `run_id`, the run's number in the ledger. Clocks are not asked.
"""

import hashlib

from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import Tables, blob, flag, moment, text, whole

SOURCE_A = "SOURCE_A"
SOURCE_B = "SOURCE_B"
REGISTERED = "REGISTERED"

# What the origins hold: a dataset its files, a call of the service its signatures
DATASET, REGISTRATION = "files", "registered_signatures"

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
        "origin_id": whole,
        "run_id": whole,
    },
    "removed_files": {
        "source": text,
        "path": text,
        "read_at": moment,
        "origin_id": whole,
        "run_id": whole,
    },
    "datasets": {"source": text, "layout": text, "origin_id": whole, "run_id": whole},
    "index_lines": {"line": whole, "raw_bytes": blob, "origin_id": whole, "run_id": whole},
    "counts": {
        "record_table": text,
        "origin": text,
        "records_read": whole,
        "read_at": moment,
        "origin_id": whole,
        "run_id": whole,
    },
    # Without an origin: a key stays known when what it registered is forgotten
    "registrations": {
        "idempotence_key": text,
        "digest": text,
        "signee_id": text,
        "signature_ids": text,
        "registered_at": moment,
        "request": text,
    },
    "registered_signees": {
        "signee_id": text,
        "medium": text,
        "local_id": text,
        "registered_at": moment,
        "origin_id": whole,
        "is_forger": flag,
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
        "origin_id": whole,
        "reference_signee_id": text,
        "reference_signature_id": text,
    },
}
# A key is looked up in no time, and no two calls take the same, whatever they could see
KEYS = """
create unique index if not exists registrations_key
on raw_signatures.registrations (idempotence_key);
create index if not exists registered_signatures_signee
on raw_signatures.registered_signatures using hash (signee_id);
create index if not exists origins_origin on raw_signatures.origins (origin_id)
"""

# A content or a removal that another event of the same path followed
FOLLOWED = """
(origin_id, path, run_id) in (
    select origin_id, path, run_id from (
        select
            origin_id, path, run_id,
            lead(read_at) over (partition by origin_id, path order by run_id) as followed_at
        from (
            select origin_id, path, run_id, read_at from raw_signatures.files
            where _dlt_load_id in ({loads})
            union all
            select origin_id, path, run_id, read_at from raw_signatures.removed_files
            where _dlt_load_id in ({loads})
        ) as events
    ) as ordered where followed_at < {before}
)
"""
# Lines of an index that was landed anew since: the index itself is a file of that run
OLDER_INDEX = """
(origin_id, run_id) in (
    with indexes as (select distinct origin_id, run_id from raw_signatures.index_lines)
    select older.origin_id, older.run_id
    from indexes as older
    inner join indexes as newer
        on older.origin_id = newer.origin_id and older.run_id < newer.run_id
    inner join raw_signatures.files as later
        on newer.origin_id = later.origin_id and newer.run_id = later.run_id
    where later.read_at < {before} and later._dlt_load_id in ({loads})
)
"""
COUNTED_AGAIN = """
(origin_id, record_table, origin, run_id) in (
    select origin_id, record_table, origin, run_id from (
        select
            origin_id, record_table, origin, run_id,
            lead(read_at) over (
                partition by origin_id, record_table, origin order by run_id
            ) as counted_again_at
        from raw_signatures.counts where _dlt_load_id in ({loads})
    ) as ordered where counted_again_at < {before}
)
"""
RAW_SCHEMA = RawSchema(
    "signatures",
    TABLES,
    KEYS,
    superseded={
        "files": FOLLOWED,
        "removed_files": FOLLOWED,
        "index_lines": OLDER_INDEX,
        "counts": COUNTED_AGAIN,
    },
)


def key_of(*values: str) -> str:
    """Return a key as dbt's macro `surrogate_key` makes it."""
    escaped = (value.replace("\x1e", "\x1e0").replace("\x1f", "\x1e1") for value in values)
    return hashlib.md5("\x1f".join(escaped).encode(), usedforsecurity=False).hexdigest()
