-- The bytes of every file that was landed, also of those that are gone or changed since
select
    source,
    path,
    content,
    _dlt_load_id as load_id
from {{ source('signatures', 'files') }}
where _dlt_load_id in {{ completed_loads('signatures') }}
