-- How many records are rejected for each reason, with the first as an example
with numbered as (
    select
        source,
        record_table,
        reason,
        origin,
        position,
        raw_text,
        count(*) over (partition by source, record_table, reason, origin) as records,
        row_number() over (
            partition by source, record_table, reason, origin order by length(position), position, raw_text
        ) as place
    from {{ ref('rejected_records') }}
)

select
    source,
    record_table,
    reason,
    origin,
    records,
    position as example_position,
    raw_text as example
from numbered
where place = 1
