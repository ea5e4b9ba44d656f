-- Students that test runs name and batches that students name, while upstream has not told them
with unknown_students as (
    select distinct attempts.student_id
    from {{ ref('int_education__attempts') }} as attempts
    left join {{ ref('students') }} as students on attempts.student_id = students.student_id
    where attempts.student_id is not null and students.student_id is null
)

select
    'student' as kind,
    student_id as unknown_id,
    'test run' as named_by,
    count(*) as times_named
from {{ ref('stg_education__test_runs') }}
where {{ is_one_of('student_id', 'select student_id from unknown_students') }}
group by student_id

union all

select
    'batch' as kind,
    students.batch_id as unknown_id,
    'student' as named_by,
    count(*) as times_named
from {{ ref('students') }} as students
left join {{ ref('batches') }} as batches on students.batch_id = batches.batch_id
where batches.batch_id is null
group by students.batch_id
