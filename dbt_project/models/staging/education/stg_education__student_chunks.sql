-- What each hundred ids of a database hold now
with landed as (
    select
        *,
        row_number() over (partition by origin_id, chunk order by run_id desc) as age
    from {{ source('education', 'student_chunks') }}
    where _dlt_load_id in {{ completed_loads('education') }}
)

select
    origins.origin_id,
    origins.origin,
    landed.chunk,
    landed.students_read,
    landed.read_at,
    landed._dlt_load_id as load_id
from landed
inner join {{ ref('stg_education__origins') }} as origins on landed.origin_id = origins.origin_id
where landed.age = 1 and origins.counts
