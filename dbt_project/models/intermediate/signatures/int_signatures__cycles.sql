-- Signatures of INDEX that come back to themselves along their parents. Longer rounds than these
-- 16 steps are rejected too, since every parent in them is itself a forgery.
with recursive forgeries as (
    select distinct
        uuid,
        parent
    from {{ ref('int_signatures__index_entries') }}
    where parent is not null and not is_repeated
),

walks as (
    select
        forgeries.uuid,
        forgeries.parent as reached,
        1 as steps
    from forgeries
    where forgeries.parent in (select above.uuid from forgeries as above)

    union all

    select
        walks.uuid,
        forgeries.parent as reached,
        walks.steps + 1 as steps
    from walks
    inner join forgeries on walks.reached = forgeries.uuid
    where walks.reached <> walks.uuid and walks.steps < 16
)

select distinct uuid
from walks
where reached = uuid
