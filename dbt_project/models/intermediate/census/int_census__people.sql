-- People with the place they were born in; people told twice are duplicates of their first telling
{%- set date_of_birth = 'cast(date_of_birth as ' ~ dbt.type_string() ~ ')' %}

with born as (
    select
        people.*,
        case when cities.places = 1 then cities.place_id end as place_id,
        case
            when cities.city is null then 'place_of_birth matches no place'
            when cities.places > 1 then 'place_of_birth matches ' || cities.places || ' places'
        end as reason
    from {{ ref('stg_census__people') }} as people
    left join {{ ref('int_census__cities') }} as cities on people.place_of_birth = cities.city
)

select
    {{ surrogate_key(['given_name', 'family_name', date_of_birth, 'place_of_birth']) }} as person_id,
    born.*,
    reason is null
    and row_number() over (
        partition by given_name, family_name, date_of_birth, place_of_birth
        order by origin, line
    ) > 1 as is_duplicate
from born
