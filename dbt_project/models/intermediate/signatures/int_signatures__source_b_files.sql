-- Every file of a dataset with an INDEX, and that itself: published with its entry, a duplicate, or why not
with entries as (
    select
        source,
        lower(file_path) as file_path,
        min(line) as line,
        count(case when reason is null then 1 end) as accepted
    from {{ ref('int_signatures__source_b') }}
    where file_path is not null
    group by source, lower(file_path)
),

files as (
    select
        *,
        row_number() over (partition by source, lower(path) order by path) as place
    from {{ ref('stg_signatures__files') }}
    where {{ is_indexed('layout') }}
)

select
    files.origin,
    files.path,
    case
        when files.path = {{ told_of_index('files.layout', 'file') }} then null
        when files.problem is not null then files.problem
        when entries.file_path is null then 'is not in INDEX'
        when entries.accepted = 0 then 'its entry at line ' || entries.line || ' of INDEX is rejected'
    end as reason,
    files.problem is null and coalesce(entries.accepted, 0) > 0 and files.place > 1 as is_duplicate
from files
left join entries on files.source = entries.source and lower(files.path) = entries.file_path
