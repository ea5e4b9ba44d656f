-- Every record of the census that is not published, with its one reason
with rejected as (
    select
        record_table,
        origin,
        line,
        reason,
        raw_text
    from {{ ref('stg_census__rejected') }}

    union all

    select
        'people' as record_table,
        people.origin,
        people.line,
        people.reason
        || coalesce('; differs from ' || near.city || ' only by ' || near.difference, '') as reason,
        {{ csv_line(['given_name', 'family_name', 'date_of_birth', 'people.place_of_birth']) }} as raw_text
    from {{ ref('int_census__people') }} as people
    left join {{ ref('int_census__near_places') }} as near
        on
            people.place_of_birth = near.place_of_birth
            and people.reason = 'place_of_birth matches no place'
    where people.reason is not null
)

select
    record_table,
    origin,
    'line ' || line as position,
    reason,
    {{ shown_text('raw_text') }} as raw_text
from rejected
