-- Image files; one stands for its image, others of the same content follow it
with numbered as (
    select
        images.*,
        row_number() over (partition by photo_id order by file_path, origin_id) as place
    from {{ ref('stg_classification__images') }} as images
)

select
    numbered.origin_id,
    numbered.origin,
    numbered.path,
    numbered.file_path,
    numbered.photo_id,
    coalesce(numbered.reason, given_up.reason) as reason,
    numbered.raw_text || coalesce(': ' || given_up.detail, '') as raw_text,
    numbered.reason is null and numbered.place = 1 as stands_for_image,
    numbered.reason is null and given_up.reason is null and numbered.place > 1 as is_duplicate
from numbered
left join {{ ref('int_classification__given_up') }} as given_up on numbered.photo_id = given_up.photo_id
