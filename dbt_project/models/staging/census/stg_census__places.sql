-- Records of places without a fault of their own
select
    origin,
    line,
    city,
    county,
    country
from {{ ref('stg_census__places_checked') }}
where reason is null
