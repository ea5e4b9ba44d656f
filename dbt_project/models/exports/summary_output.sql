select
    country,
    people_born
from {{ ref('country_summary') }}
