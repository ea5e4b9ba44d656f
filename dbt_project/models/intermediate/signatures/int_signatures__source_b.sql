-- Every entry of an INDEX: the signature that it tells, or why it tells none
with entries as (
    select * from {{ ref('int_signatures__index_entries') }}
),

parents as (
    select
        source,
        uuid,
        parent,
        reason
    from entries
    where not is_repeated
)

select
    entries.source,
    entries.layout,
    entries.origin,
    entries.line,
    entries.line_text,
    entries.uuid,
    entries.parent,
    entries.file_path,
    entries.sha256,
    entries.run_id,
    entries.load_id,
    case
        when entries.reason is not null then entries.reason
        when entries.parent = entries.uuid then 'is its own parent'
        when cycles.uuid is not null then 'its parents lead in a circle back to it'
        when entries.parent is not null and parents.uuid is null
            then 'its parent ' || entries.parent || ' is not in INDEX'
        when parents.parent is not null then 'its parent ' || entries.parent || ' is itself a forgery'
        when parents.reason is not null then 'its parent ' || entries.parent || ' is rejected'
    end as reason,
    entries.is_repeated
from entries
left join parents on entries.source = parents.source and entries.parent = parents.uuid
left join {{ ref('int_signatures__cycles') }} as cycles
    on entries.source = cycles.source and entries.uuid = cycles.uuid

union all

select
    source,
    layout,
    origin,
    line,
    line_text,
    null as uuid,
    null as parent,
    null as file_path,
    null as sha256,
    null as run_id,
    null as load_id,
    reason,
    false as is_repeated
from {{ ref('stg_signatures__index_entries') }}
where reason is not null
