-- Every page that held batches not landed before
select
    origins.origin_id,
    origins.origin,
    pages.run_id,
    pages.page,
    pages.after,
    pages.records_received,
    pages.records_new,
    pages.read_at,
    pages._dlt_load_id as load_id
from {{ source('education', 'batch_pages') }} as pages
inner join {{ ref('stg_education__origins') }} as origins on pages.origin_id = origins.origin_id
where origins.counts and pages._dlt_load_id in {{ completed_loads('education') }}
