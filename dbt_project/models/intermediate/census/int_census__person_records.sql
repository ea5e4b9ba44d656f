-- Every record of people that counts, told apart from those that tell the same person again. Judged
-- anew are the records of files that are new here, and those that tell a person of a file that is new
-- or gone; a million others stay as they are.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['origin_id', 'run_id', 'line'],
    post_hook="{{ delete_records_of_files_gone() }}",
    indexes=[{'columns': ['origin_id', 'run_id', 'line'], 'unique': true}, {'columns': ['person_id']}]
) }}
{%- set files = ref('stg_census__files') %}
{%- set names = ['given_name', 'family_name', 'date_of_birth', 'place_of_birth'] %}
{%- set columns = ['origin_id', 'run_id', 'origin', 'line'] + names %}

with new_records as (
    select
        {{ columns | join(',\n        ') }},
        reason as fault,
        {{ surrogate_key(names) }} as person_id
    from {{ ref('stg_census__people_checked') }}
    {%- if is_incremental() %}
    where (origin_id, run_id) in ({{ files_to_judge(files) }})
    {%- endif %}
),

to_judge as (
    select * from new_records
    {%- if is_incremental() %}

    union all

    select
        {{ columns | join(',\n        ') }},
        fault,
        person_id
    from {{ this }} as judged
    where
        {{ is_one_of('judged.person_id', persons_to_judge(files)) }}
        and {{ is_of_a_file(files, 'judged') }}
    {%- endif %}
)

select
    *,
    row_number() over (partition by person_id, fault order by origin, line) > 1 as is_told_before
from to_judge
