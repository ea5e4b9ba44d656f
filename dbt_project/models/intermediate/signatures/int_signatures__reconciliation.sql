-- For each directory, INDEX and registration: what the reader counted, against what became of it
with outcomes as (
    select
        'files' as record_table,
        {{ parent_folder('origin') }} as origin,
        reason is not null as is_rejected,
        is_duplicate
    from {{ ref('int_signatures__source_a') }}

    union all

    select
        'files' as record_table,
        {{ parent_folder('origin') }} as origin,
        reason is not null as is_rejected,
        is_duplicate
    from {{ ref('int_signatures__source_b_files') }}

    union all

    select
        'index_entries' as record_table,
        origin,
        reason is not null as is_rejected,
        reason is null and is_repeated as is_duplicate
    from {{ ref('int_signatures__source_b') }}

    union all

    select
        'index_headers' as record_table,
        origin,
        reason is not null as is_rejected,
        false as is_duplicate
    from {{ ref('stg_signatures__index_header') }}

    union all

    select
        'registered_signatures' as record_table,
        registration as origin,
        reason is not null as is_rejected,
        false as is_duplicate
    from {{ ref('int_signatures__registered') }}
)

select
    counts.record_table,
    counts.origin,
    counts.records_read as read,
    count(case when not outcomes.is_rejected and not outcomes.is_duplicate then 1 end) as accepted,
    count(case when outcomes.is_rejected then 1 end) as rejected,
    count(case when outcomes.is_duplicate then 1 end) as duplicate
from {{ ref('stg_signatures__counts') }} as counts
left join outcomes
    on counts.record_table = outcomes.record_table and counts.origin = outcomes.origin
group by counts.record_table, counts.origin, counts.records_read
