-- Ids and titles of lessons that some test run told together, whoever's run it was
with ties as (
    select
        lesson_id,
        lesson_title,
        count(*) as times_told,
        max(run_id) as last_new_in
    from {{ ref('int_education__attempts') }}
    where lesson_id is not null and lesson_title is not null
    group by lesson_id, lesson_title
)

-- What is told most often holds, then what was told newly last: one stray run moves nothing
select
    lesson_id,
    lesson_title,
    times_told,
    row_number() over (
        partition by lesson_id order by times_told desc, last_new_in desc, lesson_title asc
    ) = 1 as is_title_of_id,
    row_number() over (
        partition by lesson_title
        order by times_told desc, last_new_in desc, length(lesson_id) asc, lesson_id asc
    ) = 1 as is_id_of_title
from ties
