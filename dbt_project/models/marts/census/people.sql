-- One row a person, with the place of birth as a key of places. Only people who are missing are
-- written: a million who hold are not touched for a hundred new ones.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    post_hook="{{ people_to_delete(ref('int_census__accepted_people')) }}"
) }}

select
    people.person_id,
    people.given_name,
    people.family_name,
    people.date_of_birth,
    people.place_id
from {{ ref('int_census__accepted_people') }} as people
{%- if is_incremental() %}
where not exists (select 1 from {{ this }} as published where {{ is_same_person('published', 'people') }})
{%- endif %}
