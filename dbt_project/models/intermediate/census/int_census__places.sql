-- Places by key; the same place told twice is counted as a duplicate of its first telling. Made whole by
-- each build: places are few beside people.
select
    {{ surrogate_key(['country', 'county', 'city']) }} as place_id,
    origin,
    line,
    city,
    county,
    country,
    row_number() over (partition by country, county, city order by origin, line) > 1 as is_duplicate
from {{ ref('stg_census__places') }}
