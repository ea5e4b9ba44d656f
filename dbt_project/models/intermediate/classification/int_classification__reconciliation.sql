-- For each folder and each reply queue: what the reader counted, against what became of it
with pages as (
    select
        *,
        row_number() over (partition by origin_id order by run_id desc, page desc) as age
    from {{ ref('stg_classification__pages') }}
),

-- A folder's last count is of all that is there; those of a queue add up
counted as (
    select
        record_table,
        origin,
        sum(case when record_table = 'replies' then replies_taken when age = 1 then files_found end) as read
    from pages
    group by record_table, origin
),

withdrawn as (
    select
        'replies' as record_table,
        replies.origin,
        count(*) as replies
    from {{ ref('stg_classification__replies') }} as replies
    inner join {{ ref('int_classification__withdrawn') }} as withdrawn
        on replies.photo_id = withdrawn.photo_id
    group by replies.origin
),

outcomes as (
    select
        'images' as record_table,
        origin,
        reason,
        is_duplicate
    from {{ ref('int_classification__images') }}

    union all

    select
        'replies' as record_table,
        origin,
        reason,
        is_duplicate
    from {{ ref('int_classification__replies') }}
),

became as (
    select
        record_table,
        origin,
        count(case when reason is null and not is_duplicate then 1 end) as accepted,
        count(case when reason is not null then 1 end) as rejected,
        count(case when is_duplicate then 1 end) as duplicate
    from outcomes
    group by record_table, origin
)

select
    counted.record_table,
    counted.origin,
    cast(counted.read - coalesce(withdrawn.replies, 0) as {{ dbt.type_bigint() }}) as read,
    coalesce(became.accepted, 0) as accepted,
    coalesce(became.rejected, 0) as rejected,
    coalesce(became.duplicate, 0) as duplicate
from counted
left join became on counted.record_table = became.record_table and counted.origin = became.origin
left join withdrawn on counted.record_table = withdrawn.record_table and counted.origin = withdrawn.origin
-- Of a queue all of whose replies left with forgotten folders nothing is left to tell
where withdrawn.replies is null or withdrawn.replies < counted.read
