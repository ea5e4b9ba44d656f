-- What the records come from, as of the build that published them
select
    record_table,
    origin,
    kind,
    records,
    landed_at,
    counts,
    because,
    since_run_id,
    changed_at
from {{ ref('stg_education__origins') }}
