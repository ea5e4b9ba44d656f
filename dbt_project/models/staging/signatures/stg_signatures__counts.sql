-- What the reader counted, by directory, INDEX or registration of what counts: the last count of each
with latest as (
    {{ last_of_each(
        source('signatures', 'counts'), 'origin_id, record_table, origin', 'run_id desc',
        '_dlt_load_id in ' ~ completed_loads('signatures')
    ) }}
)

select
    record_table,
    origin,
    records_read
from latest
where
    -- A directory is known by its files: one without any is gone
    (record_table <> 'files' or records_read > 0)
    and origin_id in (
        select origins.origin_id
        from {{ ref('stg_signatures__origins') }} as origins
        where origins.counts
    )
