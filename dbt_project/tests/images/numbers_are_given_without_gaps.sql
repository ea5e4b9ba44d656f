{{ config(group='images') }}
-- A number that was given to nothing, or twice: it would not be the same after a build from nothing
select kind
from {{ ref('int_images__image_ids') }}
group by kind
having min(image_id) <> 1 or max(image_id) <> count(*) or count(distinct image_id) <> count(*)
