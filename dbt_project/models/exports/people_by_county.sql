select
    places.country,
    places.county,
    count(people.person_id) as people_born
from {{ ref('places') }} as places
left join {{ ref('people') }} as people on places.place_id = people.place_id
group by places.country, places.county
