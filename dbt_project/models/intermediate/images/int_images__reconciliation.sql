-- For each listing: what the reader counted, against what became of its URLs and pages
with read as (
    select
        'attempts' as record_table,
        origin,
        sum(urls_taken) as read
    from {{ ref('stg_images__draws') }}
    group by origin

    union all

    select
        'pages' as record_table,
        origin,
        sum(pages_read) as read
    from {{ ref('stg_images__draws') }}
    group by origin
    having sum(pages_read) > 0
),

outcomes as (
    select
        'attempts' as record_table,
        origin,
        reason is not null as is_rejected,
        is_duplicate
    from {{ ref('int_images__attempts') }}

    union all

    select
        'pages' as record_table,
        origin,
        reason is not null as is_rejected,
        false as is_duplicate
    from {{ ref('stg_images__pages') }}
)

select
    read.record_table,
    read.origin,
    cast(read.read as {{ dbt.type_bigint() }}) as read,
    count(case when not outcomes.is_rejected and not outcomes.is_duplicate then 1 end) as accepted,
    count(case when outcomes.is_rejected then 1 end) as rejected,
    count(case when outcomes.is_duplicate then 1 end) as duplicate
from read
left join outcomes on read.record_table = outcomes.record_table and read.origin = outcomes.origin
group by read.record_table, read.origin, read.read
