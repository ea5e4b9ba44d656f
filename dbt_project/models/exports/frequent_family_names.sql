-- The five most frequent family names of each country; of names as frequent, the first by the alphabet
with names as (
    select
        places.country,
        people.family_name,
        count(*) as people_born
    from {{ ref('people') }} as people
    inner join {{ ref('places') }} as places on people.place_id = places.place_id
    group by places.country, people.family_name
),

ranked as (
    select
        country,
        family_name,
        people_born,
        row_number() over (partition by country order by people_born desc, family_name asc) as place
    from names
)

select
    country,
    {{ json_list(['family_name', 'people_born'], 'place') }} as family_names
from ranked
where place <= 5
group by country
