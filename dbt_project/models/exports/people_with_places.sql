-- A view: a copy of all people would be written anew by every build
{{ config(materialized='view') }}

select
    people.person_id,
    people.given_name,
    people.family_name,
    people.date_of_birth,
    places.city,
    places.county,
    places.country
from {{ ref('people') }} as people
inner join {{ ref('places') }} as places on people.place_id = places.place_id
