select
    completion_rank,
    batch_name,
    students_completed_3_lessons,
    students,
    batch_id,
    batch_created_at
from {{ ref('batch_completion') }}
