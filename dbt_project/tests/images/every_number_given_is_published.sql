{{ config(group='images') }}
-- An image whose number was given and that is not published would be a gap for ever
select attempts.image_id
from {{ ref('int_images__attempts') }} as attempts
left join {{ ref('images') }} as images on attempts.image_id = images.image_id
where attempts.image_id is not null and images.image_id is null
