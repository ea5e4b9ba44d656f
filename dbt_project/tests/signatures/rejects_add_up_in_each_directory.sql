{{ config(group='signatures') }}
-- Directories whose number of rejected files is not the one that the reconciliation tells
with rejects as (
    select
        {{ parent_folder('origin') }} as origin,
        count(*) as rejected
    from {{ ref('int_signatures__rejected_records') }}
    where record_table = 'files'
    group by {{ parent_folder('origin') }}
)

select
    reconciled.origin,
    reconciled.rejected,
    rejects.rejected as listed
from {{ ref('int_signatures__reconciliation') }} as reconciled
left join rejects on reconciled.origin = rejects.origin
where
    reconciled.record_table = 'files'
    and reconciled.rejected <> coalesce(rejects.rejected, 0)
