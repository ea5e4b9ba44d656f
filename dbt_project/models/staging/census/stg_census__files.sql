-- What each file holds now: the content that was landed last under its path
with landed as (
    select
        *,
        row_number() over (partition by record_table, path order by read_at desc, _dlt_load_id desc) as age
    from {{ source('census', 'files') }}
    where _dlt_load_id in {{ completed_loads('census') }}
)

select
    record_table,
    path as origin,
    records_read,
    read_at,
    _dlt_load_id as load_id
from landed
where age = 1
