-- For each log file, database and API: what the reader counted, against what became of the records
with counted as (
    select
        'test_runs' as record_table,
        origin,
        sum(lines_read) as read
    from {{ ref('stg_education__log_reads') }}
    group by origin

    union all

    select
        'students' as record_table,
        origin,
        sum(students_read) as read
    from {{ ref('stg_education__student_chunks') }}
    group by origin

    union all

    select
        'batches' as record_table,
        origin,
        sum(records_new) as read
    from {{ ref('stg_education__batch_pages') }}
    group by origin
)

select
    counted.record_table,
    counted.origin,
    cast(counted.read as bigint) as read,
    cast(coalesce(outcomes.accepted, 0) as bigint) as accepted,
    cast(coalesce(outcomes.rejected, 0) as bigint) as rejected,
    cast(coalesce(outcomes.duplicate, 0) as bigint) as duplicate
from counted
left join {{ ref('int_education__outcomes') }} as outcomes
    on counted.record_table = outcomes.record_table and counted.origin = outcomes.origin
