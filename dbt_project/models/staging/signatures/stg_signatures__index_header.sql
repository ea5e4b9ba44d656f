-- Line 1 of INDEX: the number of signatures that it announces, against the lines that follow
with lines as (
    select
        origin,
        max(case when line = 1 then line_text end) as line_text,
        count(*) - 1 as entries
    from {{ ref('stg_signatures__index_lines') }}
    group by origin
)

select
    origin,
    line_text,
    case
        when {{ begins_with_a_mark('line_text') }} then 'begins with a byte-order mark'
        when {{ matches('line_text', '[\\r]') }} then 'has carriage returns in place of line feeds'
        when not {{ matches('line_text', '^[0-9]{1,9}$') }} then 'is not the number of signatures'
        when cast(line_text as integer) <> entries
            then 'announces ' || line_text || ' signatures, but ' || entries || ' lines follow'
    end as reason
from lines
