-- Every time that a file of a folder that counts was found to hold an image no more
select
    removed.origin_id,
    origins.origin || '/' || removed.path as file_path,
    removed.photo_id,
    removed.removed_at,
    removed.run_id
from {{ source('classification', 'removed_images') }} as removed
inner join {{ ref('stg_classification__origins') }} as origins on removed.origin_id = origins.origin_id
where
    removed._dlt_load_id in {{ completed_loads('classification') }}
    and origins.counts
    and removed.photo_id is not null
