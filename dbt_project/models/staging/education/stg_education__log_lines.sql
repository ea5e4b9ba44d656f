-- The lines of the log as they stand in it
select
    origin_id,
    file_id,
    byte_offset,
    text,
    problem,
    raw_bytes,
    _dlt_load_id as load_id
from {{ source('education', 'log_lines') }}
where _dlt_load_id in {{ completed_loads('education') }}
