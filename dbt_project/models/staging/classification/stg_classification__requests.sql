-- Every time that a label was asked for
select
    photo_id,
    requested_at
from {{ source('classification', 'requests') }}
where _dlt_load_id in {{ completed_loads('classification') }}
