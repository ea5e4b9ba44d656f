-- Every file of SOURCE_B, INDEX included: published with its entry, or why not
with entries as (
    select
        file_path,
        min(line) as line,
        count(case when reason is null then 1 end) as accepted
    from {{ ref('int_signatures__source_b') }}
    where file_path is not null
    group by file_path
)

select
    files.origin,
    files.path,
    case
        when files.path = 'INDEX' then null
        when files.problem is not null then files.problem
        when entries.file_path is null then 'is not in INDEX'
        when entries.accepted = 0 then 'its entry at line ' || entries.line || ' of INDEX is rejected'
    end as reason
from {{ ref('stg_signatures__files') }} as files
left join entries on files.path = entries.file_path
where files.source = 'SOURCE_B'
