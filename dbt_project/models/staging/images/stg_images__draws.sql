-- Runs that took anything of a listing that counts, with the reader's own counts of all their pieces
select
    draws.run_id,
    origins.origin,
    sum(draws.pages_read) as pages_read,
    sum(draws.urls_taken) as urls_taken
from {{ source('images', 'draws') }} as draws
inner join {{ ref('stg_images__origins') }} as origins
    on draws.origin_id = origins.origin_id and origins.counts
where draws._dlt_load_id in {{ completed_loads('images') }}
group by draws.run_id, origins.origin
