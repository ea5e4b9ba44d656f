-- Signatures that the service registered and that count, with the file that holds them
select
    registered.signature_id,
    registered.signee_id,
    'REGISTERED/' || registered.path as origin,
    origins.origin as registration,
    registered.path,
    registered.medium,
    case
        when
            min(registered.medium) over (partition by registered.signee_id)
            <> max(registered.medium) over (partition by registered.signee_id)
            then 'both'
        else registered.medium
    end as signee_medium,
    registered.local_id,
    registered.sample_number,
    registered.reference_signee_id,
    registered.reference_signature_id,
    registered.asset_id,
    registered.metadata,
    registered._dlt_load_id as load_id
from {{ source('signatures', 'registered_signatures') }} as registered
inner join {{ ref('stg_signatures__origins') }} as origins on registered.origin_id = origins.origin_id
where registered._dlt_load_id in {{ completed_loads('signatures') }} and origins.counts
