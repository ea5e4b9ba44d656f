-- What each hundred ids of a database hold now
with latest as (
    {{ last_of_each(
        source('education', 'student_chunks'), 'origin_id, chunk', 'run_id desc',
        '_dlt_load_id in ' ~ completed_loads('education')
    ) }}
)

select
    origins.origin_id,
    origins.origin,
    latest.chunk,
    latest.students_read,
    latest.read_at,
    latest._dlt_load_id as load_id
from latest
inner join {{ ref('stg_education__origins') }} as origins on latest.origin_id = origins.origin_id
where origins.counts
