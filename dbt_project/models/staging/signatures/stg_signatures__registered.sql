-- Signatures that the service registered and that count, with the file that holds them
select
    signature_id,
    signee_id,
    'REGISTERED/' || path as origin,
    path,
    medium,
    signee_medium,
    local_id,
    sample_number,
    asset_id,
    _dlt_load_id as load_id
from {{ source('signatures', 'registered_signatures') }}
where
    _dlt_load_id in {{ completed_loads('signatures') }}
    and origin_id in (
        select origins.origin_id
        from {{ ref('stg_signatures__origins') }} as origins
        where origins.counts
    )
