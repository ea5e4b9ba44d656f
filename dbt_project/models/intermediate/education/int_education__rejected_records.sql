-- Every record of education that is not published, with its one reason
with files as (
    select distinct
        file_id,
        origin
    from {{ ref('stg_education__log_reads') }}
)

select
    'test_runs' as record_table,
    files.origin,
    'byte ' || test_runs.byte_offset as position,
    test_runs.reason,
    test_runs.raw_text
from {{ ref('stg_education__test_runs') }} as test_runs
inner join files on test_runs.file_id = files.file_id
where test_runs.reason is not null

union all

select
    'students' as record_table,
    origin,
    'id ' || student_id as position,
    reason,
    raw_text
from {{ ref('stg_education__students_checked') }}
where reason is not null

union all

select
    'batches' as record_table,
    origin,
    place as position,
    reason,
    raw_text
from {{ ref('stg_education__batches_checked') }}
where reason is not null
