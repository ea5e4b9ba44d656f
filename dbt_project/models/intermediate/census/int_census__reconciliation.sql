-- For each file: what the reader counted, against what became of its records
with outcomes as (
    select
        'people' as record_table,
        origin,
        is_duplicate,
        false as is_rejected
    from {{ ref('int_census__people') }}
    where reason is null

    union all

    select
        'places' as record_table,
        origin,
        is_duplicate,
        false as is_rejected
    from {{ ref('int_census__places') }}

    union all

    select
        record_table,
        origin,
        false as is_duplicate,
        true as is_rejected
    from {{ ref('int_census__rejected_records') }}
)

select
    files.record_table,
    files.origin,
    files.records_read as read,
    count(case when not outcomes.is_rejected and not outcomes.is_duplicate then 1 end) as accepted,
    count(case when outcomes.is_rejected then 1 end) as rejected,
    count(case when outcomes.is_duplicate then 1 end) as duplicate
from {{ ref('stg_census__files') }} as files
left join outcomes
    on files.record_table = outcomes.record_table and files.origin = outcomes.origin
group by files.record_table, files.origin, files.records_read
