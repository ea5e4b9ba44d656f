-- For each file: what the reader counted, against what became of its records
with people as (
    select
        'people' as record_table,
        origin,
        count(case when not is_duplicate then 1 end) as accepted,
        count(case when is_duplicate then 1 end) as duplicate,
        0 as rejected
    from {{ ref('int_census__people') }}
    where reason is null
    group by origin
),

places as (
    select
        'places' as record_table,
        origin,
        count(case when not is_duplicate then 1 end) as accepted,
        count(case when is_duplicate then 1 end) as duplicate,
        0 as rejected
    from {{ ref('int_census__places') }}
    group by origin
),

rejected as (
    select
        record_table,
        origin,
        0 as accepted,
        0 as duplicate,
        count(*) as rejected
    from {{ ref('int_census__rejected_records') }}
    group by record_table, origin
),

outcomes as (
    select * from people
    union all
    select * from places
    union all
    select * from rejected
)

select
    files.record_table,
    files.origin,
    files.records_read as read,
    cast(coalesce(sum(outcomes.accepted), 0) as {{ dbt.type_bigint() }}) as accepted,
    cast(coalesce(sum(outcomes.rejected), 0) as {{ dbt.type_bigint() }}) as rejected,
    cast(coalesce(sum(outcomes.duplicate), 0) as {{ dbt.type_bigint() }}) as duplicate
from {{ ref('stg_census__files') }} as files
left join outcomes
    on files.record_table = outcomes.record_table and files.origin = outcomes.origin
group by files.record_table, files.origin, files.records_read
