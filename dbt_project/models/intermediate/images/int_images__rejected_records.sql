-- Every attempt that gave no image, and every directory page that could not be read
select
    'attempts' as record_table,
    origin,
    'draw ' || draw || ' of run ' || run_id as position,
    reason,
    url || coalesce(' (' || detail || ')', '') as raw_text
from {{ ref('int_images__attempts') }}
where reason is not null

union all

select
    'pages' as record_table,
    origin,
    url || ' in run ' || run_id as position,
    reason,
    url || coalesce(' (' || detail || ')', '') as raw_text
from {{ ref('stg_images__pages') }}
where reason is not null
