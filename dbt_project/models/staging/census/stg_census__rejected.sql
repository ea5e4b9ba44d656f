-- Places with a fault of their own, and lines that are no records, each with one reason
select
    'places' as record_table,
    origin,
    line,
    reason,
    {{ csv_line(['city', 'county', 'country']) }} as raw_text
from {{ ref('stg_census__places_checked') }}
where reason is not null

union all

select
    record_table,
    origin,
    line,
    reason,
    raw_text
from {{ ref('stg_census__malformed_lines') }}
