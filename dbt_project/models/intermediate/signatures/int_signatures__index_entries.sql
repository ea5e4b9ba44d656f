-- Entries of INDEX that can be read, each with its file and the first fault that needs no parent. Letters
-- count alike whether small or capital, in INDEX and in the names of files.
with files as (
    select
        source,
        path,
        lower(path) as file_path,
        problem,
        sha256,
        run_id,
        load_id,
        row_number() over (partition by source, lower(path) order by path) as place,
        min(sha256) over (partition by source, lower(path)) as one_content,
        max(sha256) over (partition by source, lower(path)) as other_content
    from {{ ref('stg_signatures__files') }}
    where {{ is_indexed('layout') }}
),

told as (
    select
        *,
        row_number() over (partition by source, uuid order by line) > 1 as is_repeated,
        min(coalesce(parent, '')) over (partition by source, uuid) as one_parent,
        max(coalesce(parent, '')) over (partition by source, uuid) as other_parent,
        min(uuid) over (partition by source, file_path) as one_uuid,
        max(uuid) over (partition by source, file_path) as other_uuid
    from {{ ref('stg_signatures__index_entries') }}
    where reason is null
)

select
    told.source,
    told.layout,
    told.origin,
    told.line,
    told.line_text,
    told.uuid,
    told.parent,
    coalesce(files.path, told.file_path) as file_path,
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
        when files.problem is not null then 'its file ' || files.path || ' ' || files.problem
        when files.one_content <> files.other_content
            then 'its file ' || files.path || ' is there again with other content, in other letters'
    end as reason
from told
left join files on told.source = files.source and told.file_path = files.file_path and files.place = 1
