-- Every record of the census that is not published, with its one reason
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
    {{ csv_line(['given_name', 'family_name', 'date_of_birth', 'place_of_birth']) }} as raw_text
from {{ ref('int_census__people') }}
where reason is not null
