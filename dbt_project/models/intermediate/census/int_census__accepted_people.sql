-- People without fault and born in one place that is known, each told for the first time. Apart from
-- int_census__people, since a plan for its reasons takes several times as long.
{{ config(materialized='view') }}

select
    records.person_id,
    records.given_name,
    records.family_name,
    case when records.fault is null then cast(records.date_of_birth as date) end as date_of_birth,
    cities.place_id
from {{ ref('int_census__person_records') }} as records
inner join {{ ref('int_census__cities') }} as cities on records.place_of_birth = cities.city
where
    records.fault is null
    and not records.is_told_before
    and cities.places = 1
