-- What is rejected for a fault of its own, each record with one reason
with parsed as (
    select
        'people' as record_table,
        origin,
        line,
        reason,
        {{ csv_line(['given_name', 'family_name', 'date_of_birth', 'place_of_birth']) }} as raw_text
    from {{ ref('stg_census__people_checked') }}
    where reason is not null

    union all

    select
        'places' as record_table,
        origin,
        line,
        reason,
        {{ csv_line(['city', 'county', 'country']) }} as raw_text
    from {{ ref('stg_census__places_checked') }}
    where reason is not null
)

select * from parsed
union all
select * from {{ ref('stg_census__malformed_lines') }}
