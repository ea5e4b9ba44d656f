-- Signatures that the service registered, with the file that holds them
select
    registered.signature_id,
    registered.signee_id,
    registered.idempotence_key,
    'REGISTERED/' || registered.path as origin,
    registered.path,
    registered.medium,
    signees.medium as signee_medium,
    signees.local_id,
    registered.sample_number,
    registered.asset_id,
    registered._dlt_load_id as load_id
from {{ source('signatures', 'registered_signatures') }} as registered
inner join {{ source('signatures', 'registered_signees') }} as signees
    on registered.signee_id = signees.signee_id
where registered._dlt_load_id in {{ completed_loads('signatures') }}
