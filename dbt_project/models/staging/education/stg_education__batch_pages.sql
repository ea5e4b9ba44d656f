-- Every page that held batches not landed before. A table: one build counts what was at its start
{{ config(materialized='table') }}

select
    url as origin,
    page,
    after,
    records_received,
    records_new,
    read_at,
    _dlt_load_id as load_id
from {{ source('education', 'batch_pages') }}
where _dlt_load_id in {{ completed_loads('education') }}
