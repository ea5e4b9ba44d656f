-- Files whose lines are the points of an online signature, of both ways in
select
    'SOURCE_A' as source,
    path,
    run_id,
    load_id
from {{ ref('stg_signatures__names') }}
where medium = 'online' and reason is null

union all

select
    'REGISTERED' as source,
    path,
    0 as run_id,
    load_id
from {{ ref('stg_signatures__registered') }}
where medium = 'online'
