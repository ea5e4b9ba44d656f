-- The lines of the log as they stand in it
select
    origin_id,
    file_id,
    byte_offset,
    -- A byte-order mark says how the file is written, and is no part of its first line
    case when byte_offset = 0 then {{ without_mark('text') }} else text end as text,
    problem,
    raw_bytes,
    _dlt_load_id as load_id
from {{ source('education', 'log_lines') }}
where _dlt_load_id in {{ completed_loads('education') }}
