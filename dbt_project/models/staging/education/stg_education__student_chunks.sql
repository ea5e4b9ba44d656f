-- What each hundred ids of a database hold now. A table: one build counts what was at its start
{{ config(materialized='table') }}

with landed as (
    select
        *,
        row_number() over (partition by path, chunk order by read_at desc, _dlt_load_id desc) as age
    from {{ source('education', 'student_chunks') }}
    where _dlt_load_id in {{ completed_loads('education') }}
)

select
    path as origin,
    chunk,
    students_read,
    read_at,
    _dlt_load_id as load_id
from landed
where age = 1
