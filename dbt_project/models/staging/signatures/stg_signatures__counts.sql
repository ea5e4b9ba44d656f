-- What the reader counted, by directory, INDEX or registration: the last count of each
with ordered as (
    select
        *,
        row_number() over (partition by record_table, origin order by run_id desc) as age
    from {{ source('signatures', 'counts') }}
    where _dlt_load_id in {{ completed_loads('signatures') }}
)

select
    record_table,
    origin,
    records_read
from ordered
where age = 1
