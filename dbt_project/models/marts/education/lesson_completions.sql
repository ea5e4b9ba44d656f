-- One row for each lesson that a student completed
{%- set student = 'cast(student_id as ' ~ dbt.type_string() ~ ')' %}
{%- set title = "case when lesson_id is null then lesson_title else '' end" %}

select
    student_id,
    lesson_id,
    lesson_title,
    {{ surrogate_key([student, "coalesce(lesson_id, '')", title]) }} as lesson_completion_id
from {{ ref('int_education__completions') }}
