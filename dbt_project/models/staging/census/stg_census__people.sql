-- Records of people without a fault of their own, typed
select
    origin,
    line,
    given_name,
    family_name,
    cast(date_of_birth as date) as date_of_birth,
    place_of_birth
from {{ ref('stg_census__people_checked') }}
where reason is null
