-- One row a person, with the place of birth as a key of places
select
    person_id,
    given_name,
    family_name,
    date_of_birth,
    place_id
from {{ ref('int_census__people') }}
where reason is null and not is_duplicate
