-- Records of people, typed where they have no fault of their own; those that have one as a line of CSV
{%- set columns = ['given_name', 'family_name', 'date_of_birth', 'place_of_birth'] %}

select
    origin_id,
    run_id,
    origin,
    line,
    given_name,
    family_name,
    case when reason is null then cast(date_of_birth as date) end as date_of_birth,
    place_of_birth,
    reason as fault,
    case when reason is not null then {{ csv_line(columns) }} end as raw_text
from {{ ref('stg_census__people_checked') }}
