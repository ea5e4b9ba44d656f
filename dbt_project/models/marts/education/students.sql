-- One row a student, as the database holds it now
select
    student_id,
    student_name,
    batch_id,
    created_at
from {{ ref('int_education__students') }}
where not is_duplicate
