-- Every record of the census that is not published, with its one reason
{%- set date_of_birth = 'cast(date_of_birth as ' ~ dbt.type_string() ~ ')' %}

select
    record_table,
    origin,
    'line ' || line as position,
    reason,
    raw_text
from {{ ref('stg_census__rejected') }}

union all

select
    'people' as record_table,
    origin,
    'line ' || line as position,
    reason,
    coalesce(
        raw_text, {{ csv_line(['given_name', 'family_name', date_of_birth, 'place_of_birth']) }}
    ) as raw_text
from {{ ref('int_census__people') }}
where reason is not null
