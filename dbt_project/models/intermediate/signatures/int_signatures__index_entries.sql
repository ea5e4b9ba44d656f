-- Entries of INDEX that can be read, each with its file and the first fault that needs no parent
with told as (
    select
        *,
        row_number() over (partition by uuid order by line) > 1 as is_repeated,
        min(coalesce(parent, '')) over (partition by uuid) as one_parent,
        max(coalesce(parent, '')) over (partition by uuid) as other_parent,
        min(uuid) over (partition by file_path) as one_uuid,
        max(uuid) over (partition by file_path) as other_uuid
    from {{ ref('stg_signatures__index_entries') }}
    where reason is null
)

select
    told.origin,
    told.line,
    told.line_text,
    told.uuid,
    told.parent,
    told.file_path,
    told.is_repeated,
    files.sha256,
    files.run_id,
    files.load_id,
    case
        when told.one_parent <> told.other_parent
            then 'its id is told more than once, with different parents'
        when told.one_uuid <> told.other_uuid
            then 'its file ' || told.file_path || ' is claimed by another id too'
        when files.path is null then 'its file ' || told.file_path || ' is missing'
        when files.problem is not null then 'its file ' || told.file_path || ' ' || files.problem
    end as reason
from told
left join {{ ref('stg_signatures__files') }} as files
    on told.file_path = files.path and files.source = 'SOURCE_B'
