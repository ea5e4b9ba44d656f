-- How many students of each batch completed at least 3 lessons; batches without students too
with lessons as (
    select
        student_id,
        count(*) as completed
    from {{ ref('lesson_completions') }}
    group by student_id
)

select
    batches.batch_id,
    batches.batch_name,
    batches.created_at as batch_created_at,
    count(students.student_id) as students,
    count(case when lessons.completed >= 3 then 1 end) as students_completed_3_lessons,
    rank() over (order by count(case when lessons.completed >= 3 then 1 end) desc) as completion_rank
from {{ ref('batches') }} as batches
left join {{ ref('students') }} as students on batches.batch_id = students.batch_id
left join lessons on students.student_id = lessons.student_id
group by batches.batch_id, batches.batch_name, batches.created_at
