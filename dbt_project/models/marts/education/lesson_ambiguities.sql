-- Ids told with several titles, and titles told with several ids, with what holds
with counted as (
    select
        *,
        count(*) over (partition by lesson_id) as titles_of_id,
        count(*) over (partition by lesson_title) as ids_of_title
    from {{ ref('int_education__lesson_ties') }}
)

select
    cast(lesson_id as {{ dbt.type_string() }}) as lesson_id,
    cast(lesson_title as {{ dbt.type_string() }}) as lesson_title,
    times_told,
    is_title_of_id,
    is_id_of_title
from counted
where titles_of_id > 1 or ids_of_title > 1
