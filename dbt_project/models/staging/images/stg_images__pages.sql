-- Every directory page of a listing that counts, with the reason where it could not be read
select
    pages.run_id,
    origins.origin,
    pages.url,
    {{ fetch_reason('pages.error', 'pages.status', 'pages.detail') }} as reason,
    pages.detail
from {{ source('images', 'pages') }} as pages
inner join {{ ref('stg_images__origins') }} as origins
    on pages.origin_id = origins.origin_id and origins.counts
where pages._dlt_load_id in {{ completed_loads('images') }}
