-- Names and values of what registered signatures came with. Metadata of an earlier version may hold
-- what the engine takes for no text, a NUL for one: it is shown whole, as JSON.
select
    told.signature_id,
    members.name,
    members.value
from {{ ref('stg_signatures__registered') }} as told
{{ json_members('told.metadata', 'members') }}

union all

select
    signature_id,
    'metadata' as name,
    metadata as value
from {{ ref('stg_signatures__registered') }}
where metadata is not null and not {{ is_json_object('metadata') }}
