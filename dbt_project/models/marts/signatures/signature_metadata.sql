-- One row a name of the metadata that a registered signature came with
select
    signatures.signature_id,
    cast(told.name as {{ dbt.type_string() }}) as name,
    cast(told.value as {{ dbt.type_string() }}) as value
from {{ ref('stg_signatures__registered_metadata') }} as told
inner join {{ ref('signatures') }} as signatures on told.signature_id = signatures.signature_id
