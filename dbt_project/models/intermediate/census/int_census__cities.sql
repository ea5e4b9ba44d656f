-- City names, each with the one place it means, or the number of places it may mean
select
    city,
    count(*) as places,
    min(place_id) as place_id
from {{ ref('int_census__places') }}
where not is_duplicate
group by city
