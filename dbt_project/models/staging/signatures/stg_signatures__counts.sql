-- What the reader counted, by directory, INDEX or registration of what counts: the last count of each
with ordered as (
    select
        *,
        row_number() over (partition by origin_id, record_table, origin order by run_id desc) as age
    from {{ source('signatures', 'counts') }}
    where _dlt_load_id in {{ completed_loads('signatures') }}
)

select
    record_table,
    origin,
    records_read
from ordered
where
    age = 1
    -- A directory is known by its files: one without any is gone
    and (record_table <> 'files' or records_read > 0)
    and origin_id in (
        select origins.origin_id
        from {{ ref('stg_signatures__origins') }} as origins
        where origins.counts
    )
