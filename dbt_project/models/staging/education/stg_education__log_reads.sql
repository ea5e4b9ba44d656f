-- Every piece read of a log that counts
select
    origins.origin_id,
    origins.origin || ' (file ' || reads.file_id || ')' as origin,
    reads.run_id,
    reads.found_as,
    reads.file_id,
    reads.from_offset,
    reads.to_offset,
    reads.lines_read,
    reads.read_at,
    reads._dlt_load_id as load_id
from {{ source('education', 'log_reads') }} as reads
inner join {{ ref('stg_education__origins') }} as origins on reads.origin_id = origins.origin_id
where
    origins.counts
    and reads.lines_read > 0  -- none: it told the reader alone where to go on
    and reads._dlt_load_id in {{ completed_loads('education') }}
