-- Files that are not sent and replies that label nothing, each with its one reason
select
    'images' as record_table,
    origin,
    'file ' || path as position,
    reason,
    raw_text
from {{ ref('int_classification__images') }}
where reason is not null

union all

select
    'replies' as record_table,
    origin,
    'reply ' || reply_number || ' of run ' || run_id as position,
    reason,
    raw_text
from {{ ref('int_classification__replies') }}
where reason is not null
