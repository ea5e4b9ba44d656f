-- Each line of the log as a test run, or with the reason why it is none. Every line is parsed once
{{ config(materialized='incremental', incremental_strategy='append',
    pre_hook="{{ delete_what_counts_no_more() }}", indexes=[
    {'columns': ['load_id']}, {'columns': ['origin_id']}, {'columns': ['student_id']}, {'columns': ['reason']}
]) }}
{%- set slashed = "replace(result, ' out of ', '/')" %}

with mended as (
    select
        *,
        case
            when problem is null and length(text) <= {{ var('longest_test_run') }}
                then {{ mended_test_run('text') }}
        end as json
    from {{ ref('stg_education__log_lines') }}
    where {{ is_unbuilt('load_id', ref('stg_education__log_reads')) }}
    {{ computed_once() }}
),

objects as (
    select
        *,
        case when {{ is_json_object('json') }} then {{ to_json('json') }} end as fields
    from mended
    {{ computed_once() }}
),

told as (
    select
        *,
        coalesce({{ json_text('fields', 'result') }}, {{ json_text('fields', 'results') }}) as result,
        trim({{ json_text('fields', 'student_id') }}) as student,
        nullif(trim({{ json_text('fields', 'lesson_id') }}), '') as lesson_id,
        nullif(trim({{ json_text('fields', 'lesson_title') }}), '') as lesson_title
    from objects
    {{ computed_once() }}
),

parted as (
    select
        *,
        {{ dbt.split_part(slashed, "'/'", 1) }} as passed,
        {{ dbt.split_part(slashed, "'/'", 2) }} as total
    from told
    {{ computed_once() }}
),

judged as (
    select *, {{ reason_against_test_run() }} as reason
    from parted
    {{ computed_once() }}
)

select
    origin_id,
    file_id,
    byte_offset,
    load_id,
    reason,
    case when reason is null then cast(student as bigint) end as student_id,
    case when reason is null then lesson_id end as lesson_id,
    case when reason is null then lesson_title end as lesson_title,
    case when reason is null then cast(passed as bigint) = cast(total as bigint) end as is_completed,
    case
        when reason is null then null
        when problem is null then text
        else {{ bytes_to_text('raw_bytes', 'false') }}
    end as raw_text
from judged
