with births as (
    select
        places.country,
        cast(extract(year from people.date_of_birth) as integer) as year_of_birth
    from {{ ref('people') }} as people
    inner join {{ ref('places') }} as places on people.place_id = places.place_id
)

select
    country,
    year_of_birth - mod(year_of_birth, 10) as decade,
    count(*) as people_born
from births
group by country, year_of_birth - mod(year_of_birth, 10)
