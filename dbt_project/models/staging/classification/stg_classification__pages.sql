-- What the reader counted, of folders and reply queues that count, one row an origin and load
select
    pages.origin_id,
    origins.record_table,
    origins.origin,
    pages.run_id,
    pages.page,
    pages.files_found,
    pages.requests_made,
    pages.replies_taken
from {{ source('classification', 'pages') }} as pages
inner join {{ ref('stg_classification__origins') }} as origins on pages.origin_id = origins.origin_id
where pages._dlt_load_id in {{ completed_loads('classification') }} and origins.counts
