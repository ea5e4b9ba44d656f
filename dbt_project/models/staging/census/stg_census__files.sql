-- What each file that counts holds now: the content that was landed last. By a maximum: what stands on a
-- window function is read on one core.
with latest as (
    select
        origin_id,
        max(run_id) as run_id
    from {{ source('census', 'files') }}
    where _dlt_load_id in {{ completed_loads('census') }}
    group by origin_id
)

select
    origins.origin_id,
    origins.record_table,
    origins.origin,
    contents.records_read,
    contents.read_at,
    contents.run_id,
    contents._dlt_load_id as load_id
from {{ source('census', 'files') }} as contents
inner join latest on contents.origin_id = latest.origin_id and contents.run_id = latest.run_id
inner join {{ ref('stg_census__origins') }} as origins on contents.origin_id = origins.origin_id
where contents._dlt_load_id in {{ completed_loads('census') }} and origins.counts
