-- What may be lost of a log that counts, as it is known now
with latest as (
    {{ last_of_each(
        source('education', 'log_gaps'), 'origin_id, file_id', 'run_id desc',
        '_dlt_load_id in ' ~ completed_loads('education')
    ) }}
)

select
    origins.origin,
    latest.file_id,
    latest.found_as,
    latest.from_offset,
    latest.state,
    latest.told_at
from latest
inner join {{ ref('stg_education__origins') }} as origins on latest.origin_id = origins.origin_id
where origins.counts and latest.state <> 'closed'
