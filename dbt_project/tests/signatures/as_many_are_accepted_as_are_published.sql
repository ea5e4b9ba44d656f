{{ config(group='signatures') }}
-- Datasets of which another number of signatures is accepted than published. What INDEX tells are its
-- entries; its files count beside them.
with accepted as (
    select
        split_part(origin, '/', 1) as source,
        sum(accepted) as signatures
    from {{ ref('int_signatures__reconciliation') }}
    where
        record_table in ('index_entries', 'registered_signatures')
        or (
            record_table = 'files'
            and split_part(origin, '/', 1) not in (
                select split_part(indexes.origin, '/', 1)
                from {{ ref('int_signatures__reconciliation') }} as indexes
                where indexes.record_table = 'index_headers'
            )
        )
    group by split_part(origin, '/', 1)
),

published as (
    select
        source,
        count(*) as signatures
    from {{ ref('int_signatures__signatures') }}
    group by source
)

select
    accepted.source,
    accepted.signatures,
    published.signatures as published
from accepted
left join published on accepted.source = published.source
where accepted.signatures <> coalesce(published.signatures, 0)
