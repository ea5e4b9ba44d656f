-- Every piece of a log that was read. A table: what one build counts stays what it was at its start
{{ config(materialized='table') }}

select
    path || ' (file ' || file_id || ')' as origin,
    path,
    found_as,
    file_id,
    from_offset,
    to_offset,
    lines_read,
    read_at,
    _dlt_load_id as load_id
from {{ source('education', 'log_reads') }}
where _dlt_load_id in {{ completed_loads('education') }}
