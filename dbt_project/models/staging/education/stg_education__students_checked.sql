-- Every student that a database holds now, with the first fault of its row, if any
select
    chunks.origin,
    chunks.read_at,
    students.id as student_id,
    students.name as student_name,
    students.batch_id,
    students.created_at,
    case
        when students.problem = 'nul' then 'contains a NUL character'
        when students.problem = 'not utf-8' then 'is not UTF-8'
        when students.name is null or {{ is_blank('students.name') }} then 'name is blank'
        when length(students.name) > {{ var('longest_name') }}
            then 'name is longer than {{ var('longest_name') }} characters'
        when students.batch_id is null or not {{ matches('students.batch_id', '^[0-9]{1,18}$') }}
            then 'batch_id is no whole number'
        when not {{ is_utc_moment('students.created_at') }}
            then 'created_at is no moment of the form YYYY-MM-DD HH:MM:SS'
    end as reason,
    case
        when students.problem is not null then {{ bytes_to_text('students.raw_bytes', 'false') }}
        else
            students.id || '|' || coalesce(students.name, '') || '|'
            || coalesce(students.batch_id, '') || '|' || coalesce(students.created_at, '')
    end as raw_text
from {{ ref('stg_education__student_chunks') }} as chunks
inner join {{ source('education', 'students') }} as students
    on chunks.load_id = students._dlt_load_id and chunks.chunk = students.chunk
