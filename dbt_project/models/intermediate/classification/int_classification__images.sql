-- Readings of image files; one stands for its image, and others of the same file or content follow it
with readings as (
    select
        images.*,
        row_number() over (
            partition by photo_id, is_current, case when reason is null then 0 else 1 end
            order by file_path
        ) as copy_number
    from {{ ref('stg_classification__images') }} as images
)

select
    origin,
    file_path,
    photo_id,
    read_at,
    reason,
    raw_text,
    not is_current or (reason is null and copy_number > 1) as is_duplicate
from readings
