-- Batches without a fault of their own, typed; times are UTC
select
    origin,
    run_id,
    read_at,
    load_id,
    page,
    position,
    cast(batch_id as bigint) as batch_id,
    batch_name,
    cast(created_at as timestamp) as created_at
from {{ ref('stg_education__batches_checked') }}
where reason is null
