-- Names of places of birth that match no city, but look like one
with unmatched as (
    select distinct place_of_birth
    from {{ ref('int_census__people') }}
    where reason = 'place_of_birth matches no place'
),

near as (
    select
        unmatched.place_of_birth,
        min(cities.city) as city
    from unmatched
    inner join {{ ref('int_census__cities') }} as cities
        on {{ as_it_looks('unmatched.place_of_birth') }} = {{ as_it_looks('cities.city') }}
    group by unmatched.place_of_birth
)

select
    place_of_birth,
    city,
    {{ unseen_difference('place_of_birth', 'city') }} as difference
from near
