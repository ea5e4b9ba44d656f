-- What each online file holds: how many points, or the first line that is not its numbers.
-- A content is read once, in the first build after its load, and leaves when it counts no more.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_strokes_that_do_not_count() }}"
) }}
{%- set kept = 'source, path, load_id, run_id, format, told_points' %}

with texts as (
    select
        files.*,
        {{ stroke_text('files.format', 'contents.content') }} as strokes,
        {{ stroke_told_points('files.format', 'contents.content') }} as told_points
    from {{ ref('int_signatures__stroke_files') }} as files
    inner join {{ ref('stg_signatures__contents') }} as contents
        on files.source = contents.source and files.path = contents.path and files.load_id = contents.load_id
    {%- if is_incremental() %}
    where
        not exists (
            select 1 from {{ this }} as before
            where before.source = files.source and before.path = files.path and before.load_id = files.load_id
        )
    {%- endif %}
    {{ computed_once() }}
),

-- What is plainly right is not split: it is one empty line from here on
looked_at as (
    select
        {{ kept }},
        length(strokes) - length(replace(strokes, chr(10), ''))
        + case when strokes like '%' || chr(10) then 0 else 1 end as points,
        strokes = '' as is_empty,
        case when not {{ is_plain_strokes('format', 'strokes') }} then strokes else '' end as suspect
    from texts
    {{ computed_once() }}
),

lines as (
    {{ split_lines('looked_at', [kept, 'points', 'is_empty', "suspect = '' as is_plain"], 'suspect') }}
),

judged as (
    select
        *,
        case
            when is_empty then 'is empty'
            when not is_plain and line <= points then {{ stroke_fault('format', 'line_text') }}
        end as line_reason
    from lines
),

first_faults as (
    {%- set order = 'case when line_reason is null then 1 else 0 end, line' %}
    {{ last_of_each('judged', 'source, path, load_id', order, 'line_reason is not null or line = 1') }}
),

counted as (
    select *, {{ stroke_count_fault('told_points', 'points') }} as count_reason
    from first_faults
)

select
    source,
    path,
    load_id,
    run_id,
    case when line_reason is null and count_reason is null then points end as point_count,
    case
        when line_reason is not null then line + {{ stroke_header_lines('format') }}
        when count_reason is not null then 1
    end as fault_line,
    coalesce(line_reason, count_reason) as reason,
    case
        when line_reason is not null then substr(line_text, 1, 1000)
        when count_reason is not null and told_points >= 0 then cast(told_points as {{ dbt.type_string() }})
    end as fault_text
from counted
