-- Image files; one stands for its image, others of the same content follow it
select
    images.*,
    reason is null
    and row_number() over (partition by photo_id order by file_path, origin_id) > 1 as is_duplicate
from {{ ref('stg_classification__images') }} as images
