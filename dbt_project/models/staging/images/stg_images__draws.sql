-- Runs that took anything, with the reader's own counts
select
    _dlt_load_id as load_id,
    run_id,
    listing as origin,
    pages_read,
    urls_taken
from {{ source('images', 'draws') }}
where _dlt_load_id in {{ completed_loads('images') }}
