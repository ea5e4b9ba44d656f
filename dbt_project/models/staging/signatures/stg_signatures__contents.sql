-- The bytes of every file that was landed of what counts, also of those that are gone or changed since
select
    source,
    path,
    content,
    _dlt_load_id as load_id
from {{ source('signatures', 'files') }}
where
    _dlt_load_id in {{ completed_loads('signatures') }}
    and origin_id in (
        select origins.origin_id
        from {{ ref('stg_signatures__origins') }} as origins
        where origins.counts
    )
