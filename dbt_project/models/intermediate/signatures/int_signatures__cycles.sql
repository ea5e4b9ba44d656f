-- Signatures of INDEX that come back to themselves along their parents. Longer rounds than these
-- 16 steps are rejected too, since every parent in them is itself a forgery.
with recursive forgeries as (
    select distinct
        source,
        uuid,
        parent
    from {{ ref('int_signatures__index_entries') }}
    where parent is not null and not is_repeated
),

ids as (
    select distinct
        source,
        uuid
    from forgeries
),

walks as (
    select
        forgeries.source,
        forgeries.uuid,
        forgeries.parent as reached,
        1 as steps
    from forgeries
    inner join ids on forgeries.source = ids.source and forgeries.parent = ids.uuid

    union all

    select
        walks.source,
        walks.uuid,
        forgeries.parent as reached,
        walks.steps + 1 as steps
    from walks
    inner join forgeries on walks.source = forgeries.source and walks.reached = forgeries.uuid
    where walks.reached <> walks.uuid and walks.steps < 16
)

select distinct
    source,
    uuid
from walks
where reached = uuid
