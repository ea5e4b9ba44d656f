{{ config(group='images') }}
-- An image that is not published, but for one that is being taken down while this is built
select attempts.image_id
from {{ ref('int_images__attempts') }} as attempts
left join {{ ref('images') }} as images on attempts.image_id = images.image_id
where
    attempts.image_id is not null
    and images.image_id is null
    and attempts.sha256 not in (select sha256 from {{ ref('stg_images__take_downs') }})
