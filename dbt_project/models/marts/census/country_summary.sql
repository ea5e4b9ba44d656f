-- How many people were born in each country; countries without any are listed too
select
    places.country,
    count(people.person_id) as people_born
from {{ ref('places') }} as places
left join {{ ref('people') }} as people on places.place_id = people.place_id
group by places.country
