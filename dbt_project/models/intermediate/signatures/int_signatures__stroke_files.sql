-- Files whose lines are the points of an online signature, of both ways in. A table: Postgres takes the views
-- below for a single row, and would look at every content for each file.
select
    source,
    path,
    {{ stroke_format('layout') }} as format,
    run_id,
    load_id
from {{ ref('stg_signatures__names') }}
where holds = 'strokes' and reason is null

union all

select
    'REGISTERED' as source,
    path,
    null as format,
    0 as run_id,
    load_id
from {{ ref('stg_signatures__registered') }}
where medium = 'online'
