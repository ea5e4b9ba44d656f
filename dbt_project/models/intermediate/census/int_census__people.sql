-- People with the place they were born in, or why they are rejected. A view: a new place changes it for
-- people of any file.
{{ config(materialized='view') }}

with born as (
    select
        records.*,
        case when cities.places = 1 then cities.place_id end as place_id,
        case
            when records.fault is not null then records.fault
            when cities.city is null then 'place_of_birth matches no place'
            when cities.places > 1 then 'place_of_birth matches ' || cities.places || ' places'
        end as reason
    from {{ ref('int_census__person_records') }} as records
    left join {{ ref('int_census__cities') }} as cities on records.place_of_birth = cities.city
)

select
    person_id,
    origin,
    line,
    given_name,
    family_name,
    date_of_birth,
    place_of_birth,
    place_id,
    reason,
    reason is null and is_told_before as is_duplicate
from born
