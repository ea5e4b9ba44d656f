-- For each folder and each reply queue: what the reader counted, against what became of it
with counted as (
    select
        'images' as record_table,
        images_origin as origin,
        images_read as read
    from {{ ref('stg_classification__pages') }}

    union all

    select
        'replies' as record_table,
        replies_origin as origin,
        replies_taken as read
    from {{ ref('stg_classification__pages') }}
),

outcomes as (
    select
        'images' as record_table,
        origin,
        case
            when is_duplicate then 'duplicate'
            when reason is null then 'accepted'
            else 'rejected'
        end as outcome
    from {{ ref('int_classification__images') }}

    union all

    select
        'replies' as record_table,
        origin,
        case
            when is_duplicate then 'duplicate'
            when reason is null then 'accepted'
            else 'rejected'
        end as outcome
    from {{ ref('int_classification__replies') }}
),

became as (
    select
        record_table,
        origin,
        count(case when outcome = 'accepted' then 1 end) as accepted,
        count(case when outcome = 'rejected' then 1 end) as rejected,
        count(case when outcome = 'duplicate' then 1 end) as duplicate
    from outcomes
    group by record_table, origin
)

select
    counted.record_table,
    counted.origin,
    cast(sum(counted.read) as {{ dbt.type_bigint() }}) as read,
    coalesce(max(became.accepted), 0) as accepted,
    coalesce(max(became.rejected), 0) as rejected,
    coalesce(max(became.duplicate), 0) as duplicate
from counted
left join became on counted.record_table = became.record_table and counted.origin = became.origin
group by counted.record_table, counted.origin
