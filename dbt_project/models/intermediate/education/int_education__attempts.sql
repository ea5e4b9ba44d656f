-- Every way in which a student ran a lesson's tests: how it was named, and whether it was completed
{{ config(materialized='incremental', incremental_strategy='append', indexes=[
    {'columns': ['attempt_id'], 'unique': true}, {'columns': ['load_id']}
]) }}
{%- set student = 'cast(student_id as ' ~ dbt.type_string() ~ ')' %}
{%- set completed = "case when is_completed then 'completed' else 'tried' end" %}

with runs as (
    select
        {{ surrogate_key([student, "coalesce(lesson_id, '')", "coalesce(lesson_title, '')", completed]) }}
            as attempt_id,
        student_id,
        lesson_id,
        lesson_title,
        is_completed,
        min(load_id) as load_id
    from {{ ref('stg_education__test_runs') }}
    where reason is null and {{ is_unbuilt('load_id', ref('int_education__log_outcomes')) }}
    group by student_id, lesson_id, lesson_title, is_completed
)

select *
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
    cast(null as bigint) as student_id,
    cast(null as {{ dbt.type_string() }}) as lesson_id,
    cast(null as {{ dbt.type_string() }}) as lesson_title,
    cast(null as boolean) as is_completed,
    load_id
from {{ ref('int_education__log_outcomes') }}
where {{ is_unbuilt('load_id', ref('int_education__log_outcomes')) }}
