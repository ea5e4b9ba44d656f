-- One row a place, keyed by its name
select
    place_id,
    city,
    county,
    country
from {{ ref('int_census__places') }}
where not is_duplicate
