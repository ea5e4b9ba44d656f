-- Every way in which a student ran a lesson's tests: how it was named, and whether it was completed
{{ config(materialized='incremental', incremental_strategy='append',
    pre_hook="{{ delete_what_counts_no_more() }}", indexes=[
    {'columns': ['attempt_id'], 'unique': true}, {'columns': ['load_id']}, {'columns': ['origin_id']}
]) }}
{%- set log = 'cast(lines.origin_id as ' ~ dbt.type_string() ~ ')' %}
{%- set student = 'cast(lines.student_id as ' ~ dbt.type_string() ~ ')' %}
{%- set lesson = ["coalesce(lesson_id, '')", "coalesce(lesson_title, '')"] %}
{%- set completed = "case when is_completed then 'completed' else 'tried' end" %}

with told as (
    select distinct
        load_id,
        run_id
    from {{ ref('stg_education__log_reads') }}
),

-- The new lines before they are grouped: else they may be read in the order of an index, all lines of it
lines as (
    select
        origin_id,
        load_id,
        student_id,
        lesson_id,
        lesson_title,
        is_completed
    from {{ ref('stg_education__test_runs') }}
    where reason is null and {{ is_unbuilt('load_id', ref('int_education__log_outcomes')) }}
    {{ computed_once() }}
),

runs as (
    select
        {{ surrogate_key([log, student] + lesson + [completed]) }}
            as attempt_id,
        lines.origin_id,
        lines.student_id,
        lines.lesson_id,
        lines.lesson_title,
        lines.is_completed,
        min(told.run_id) as run_id
    from lines
    inner join told on lines.load_id = told.load_id
    group by lines.origin_id, lines.student_id, lines.lesson_id, lines.lesson_title, lines.is_completed
)

select
    runs.*,
    cast(null as {{ dbt.type_string() }}) as load_id
from runs
{% if is_incremental() %}
where
    not exists (
        select 1
        from {{ this }} as built
        where built.attempt_id = runs.attempt_id
    )
{%- endif %}

union all

-- A row for each load that was looked through, since one may bring no new attempt
select distinct
    'load ' || load_id as attempt_id,
    origin_id,
    cast(null as bigint) as student_id,
    cast(null as {{ dbt.type_string() }}) as lesson_id,
    cast(null as {{ dbt.type_string() }}) as lesson_title,
    cast(null as boolean) as is_completed,
    cast(null as bigint) as run_id,
    load_id
from {{ ref('int_education__log_outcomes') }}
where {{ is_unbuilt('load_id', ref('int_education__log_outcomes')) }}
