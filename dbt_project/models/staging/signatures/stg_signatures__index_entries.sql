-- INDEX from line 2 on: the id of a signature and of its parent, or why the line tells none
{%- set uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}' %}

with judged as (
    select
        *,
        case
            when line_text = '' then 'is blank'
            when not {{ matches('lower(line_text)', '^' ~ uuid ~ '( {4}(' ~ uuid ~ ')?)?$') }}
                then 'is not <uuid>, four blanks and <uuid of the parent> or nothing'
        end as reason
    from {{ ref('stg_signatures__index_lines') }}
    where line > 1
)

select
    source,
    layout,
    origin,
    line,
    line_text,
    case when reason is null then lower(substr(line_text, 1, 36)) end as uuid,
    case when reason is null and length(line_text) > 40 then lower(substr(line_text, 41, 36)) end as parent,
    case when reason is null then lower(substr(line_text, 1, 1) || '/' || substr(line_text, 1, 8)) end
        as file_path,
    reason
from judged
