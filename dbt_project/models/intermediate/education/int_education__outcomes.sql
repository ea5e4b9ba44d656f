-- How many records of each log file, database and API were accepted, rejected or replaced
select
    'test_runs' as record_table,
    files.origin,
    sum(lines.accepted) as accepted,
    sum(lines.rejected) as rejected,
    0 as duplicate
from {{ ref('int_education__log_outcomes') }} as lines
inner join {{ ref('stg_education__log_reads') }} as files
    on lines.load_id = files.load_id and lines.file_id = files.file_id
group by files.origin

union all

select
    'students' as record_table,
    origin,
    count(case when reason is null then 1 end) as accepted,
    count(reason) as rejected,
    0 as duplicate
from {{ ref('stg_education__students_checked') }}
group by origin

union all

select
    'batches' as record_table,
    checked.origin,
    count(case when not batches.is_duplicate then 1 end) as accepted,
    count(checked.reason) as rejected,
    count(case when batches.is_duplicate then 1 end) as duplicate
from {{ ref('stg_education__batches_checked') }} as checked
left join {{ ref('int_education__batches') }} as batches
    on
        checked.load_id = batches.load_id
        and checked.page = batches.page
        and checked.position = batches.position
group by checked.origin
