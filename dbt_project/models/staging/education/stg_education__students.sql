-- Students without a fault of their own, typed; times are UTC
select
    origin,
    read_at,
    student_id,
    student_name,
    cast(batch_id as bigint) as batch_id,
    cast(created_at as timestamp) as created_at
from {{ ref('stg_education__students_checked') }}
where reason is null
