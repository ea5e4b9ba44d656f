-- People born from the first day of 1900 to the last of 1910
{{ config(materialized='view') }}

select
    person_id,
    given_name,
    family_name,
    date_of_birth,
    city,
    county,
    country
from {{ ref('people_with_places') }}
where date_of_birth between cast('1900-01-01' as date) and cast('1910-12-31' as date)
