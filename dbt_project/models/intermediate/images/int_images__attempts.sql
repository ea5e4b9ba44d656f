-- Every attempt that counts, judged: the first of each content is the image, the others duplicates.
-- Made anew by each build, since what counts may change; the bytes are not looked at.
with placed as (
    select
        *,
        row_number() over (partition by kind, sha256, reason order by run_id, draw) as nth
    from {{ ref('stg_images__attempts') }}
)

select
    placed.run_id,
    placed.draw,
    placed.origin,
    placed.url,
    placed.title,
    placed.attempted_at,
    placed.sha256,
    placed.reason,
    placed.detail,
    placed.reason is null and placed.nth > 1 as is_duplicate,
    image_ids.image_id
from placed
left join {{ ref('int_images__image_ids') }} as image_ids
    on
        placed.kind = image_ids.kind
        and placed.sha256 = image_ids.sha256
        and placed.reason is null
        and placed.nth = 1
