-- One row a student, as the database holds it now
select
    student_id,
    student_name,
    batch_id,
    created_at
from {{ ref('stg_education__students') }}
