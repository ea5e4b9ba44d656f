-- Where bytes of the log that followed may be lost
select
    cast('education' as {{ dbt.type_string() }}) as source,
    origin,
    file_id,
    found_as,
    from_offset as from_byte,
    state,
    told_at
from {{ ref('stg_education__log_gaps') }}
