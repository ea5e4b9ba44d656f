-- Lessons that a student completed, each once, however the runs named it
with completed as (
    select
        attempts.student_id,
        attempts.lesson_title,
        coalesce(attempts.lesson_id, ties.lesson_id) as lesson_id
    from {{ ref('int_education__attempts') }} as attempts
    left join {{ ref('int_education__lesson_ties') }} as ties
        on attempts.lesson_title = ties.lesson_title and ties.is_id_of_title
    where attempts.is_completed
),

-- A title stands for the lesson only while no run has told its id
lessons as (
    select distinct
        student_id,
        lesson_id,
        case when lesson_id is null then lesson_title end as untied_title
    from completed
)

select
    lessons.student_id,
    lessons.lesson_id,
    coalesce(lessons.untied_title, titles.lesson_title) as lesson_title
from lessons
left join {{ ref('int_education__lesson_ties') }} as titles
    on lessons.lesson_id = titles.lesson_id and titles.is_title_of_id
