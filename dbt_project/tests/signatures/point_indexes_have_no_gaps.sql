{{ config(group='signatures') }}
-- Online signatures whose points are not numbered from 1 to their count, each number once.
-- No number comes twice: it is part of the primary key.
with numbered as (
    select
        signature_id,
        min(point_index) as first_index,
        max(point_index) as last_index,
        count(*) as points
    from {{ ref('signature_points') }}
    group by signature_id
)

select signatures.signature_id
from {{ ref('signatures') }} as signatures
left join numbered on signatures.signature_id = numbered.signature_id
where
    signatures.medium = 'online'
    and not coalesce(
        numbered.first_index = 1
        and numbered.last_index = numbered.points
        and numbered.points = signatures.point_count,
        false
    )
