-- Ids and titles of lessons that some test run told together, whoever's run it was
with ties as (
    select
        lesson_id,
        lesson_title,
        max(run_id) as last_new_in
    from {{ ref('int_education__attempts') }}
    where lesson_id is not null and lesson_title is not null
    group by lesson_id, lesson_title
)

select
    lesson_id,
    lesson_title,
    row_number() over (
        partition by lesson_id order by last_new_in desc, lesson_title asc
    ) = 1 as is_title_of_id,
    -- Ids are mostly numbers: the shorter one is the smaller one
    row_number() over (partition by lesson_title order by length(lesson_id), lesson_id) = 1 as is_id_of_title
from ties
