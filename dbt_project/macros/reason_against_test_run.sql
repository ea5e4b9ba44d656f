{# The first reason why a line of the log is no test run; null where it is one. Numbers of up to 18 digits
   fit into a bigint; the pattern says no such bound, for a bounded repetition costs three times as much. #}
{% macro reason_against_test_run() -%}
case
    when problem = 'nul' then 'contains a NUL character'
    when problem = 'not utf-8' then 'is not UTF-8'
    when fields is null and {{ is_blank('text') }} then 'is blank'
    when fields is null and length(text) > {{ var('longest_test_run') }}
        then 'is longer than {{ var('longest_test_run') }} characters'
    when fields is null then 'is no JSON object, even with a colon after "student_id"'
    when result is null then 'has no result'
    when not {{ matches('result', '^[0-9]+(/| out of )[0-9]+$') }} or length(passed) > 18 or length(total) > 18
        then 'result is neither N/M nor N out of M'
    when student is null then 'has no student_id'
    when not {{ matches('student', '^[0-9]+$') }} or length(student) > 18 then 'student_id is no whole number'
    when {{ json_kind('fields', 'lesson_id') }} not in ('number', 'string', 'null')
        then 'lesson_id is neither a number nor a string'
    when {{ json_kind('fields', 'lesson_id') }} = 'number' and not {{ matches('lesson_id', '^[0-9]+$') }}
        then 'lesson_id is no whole number'
    when {{ json_kind('fields', 'lesson_title') }} not in ('string', 'null') then 'lesson_title is no string'
    when lesson_id is null and lesson_title is null then 'names no lesson'
    {%- for name in ['lesson_id', 'lesson_title'] %}
    when length({{ name }}) > {{ var('longest_name') }}
        then '{{ name }} is longer than {{ var('longest_name') }} characters'
    {%- endfor %}
end
{%- endmacro %}
