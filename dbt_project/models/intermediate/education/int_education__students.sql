-- Students with whether another database, read later, tells the same id
select
    students.*,
    row_number() over (
        partition by student_id order by read_at desc, origin asc
    ) > 1 as is_duplicate
from {{ ref('stg_education__students') }} as students
