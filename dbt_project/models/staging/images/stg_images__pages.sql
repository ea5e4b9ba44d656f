-- Every directory page that a run met, with the reason where it could not be read
select
    run_id,
    listing as origin,
    url,
    {{ fetch_reason('error', 'status') }} as reason,
    detail
from {{ source('images', 'pages') }}
where _dlt_load_id in {{ completed_loads('images') }}
