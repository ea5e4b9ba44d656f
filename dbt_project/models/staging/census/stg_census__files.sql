-- What each file that counts holds now: the content that was landed last
with contents as (
    {{ last_of_each(
        source('census', 'files'), 'origin_id', 'run_id desc', '_dlt_load_id in ' ~ completed_loads('census')
    ) }}
)

select
    origins.origin_id,
    origins.record_table,
    origins.origin,
    contents.records_read,
    contents.read_at,
    contents.run_id,
    contents._dlt_load_id as load_id
from contents
inner join {{ ref('stg_census__origins') }} as origins on contents.origin_id = origins.origin_id
where origins.counts
