{{ config(group='signatures') }}
-- Signatures of strokes without points, and those of this build whose points are not numbered from 1 to
-- their count. No number comes twice: it is part of the primary key.
with numbered as (
    select
        signature_id,
        min(point_index) as first_index,
        max(point_index) as last_index,
        count(*) as points
    from {{ additions(ref('signature_points')) }}
    group by signature_id
)

select numbered.signature_id
from numbered
left join {{ ref('signatures') }} as signatures on numbered.signature_id = signatures.signature_id
where
    not coalesce(
        numbered.first_index = 1
        and numbered.last_index = numbered.points
        and numbered.points = signatures.point_count,
        false
    )

union all

select signatures.signature_id
from {{ ref('signatures') }} as signatures
where
    signatures.point_count is not null
    and not exists (
        select 1
        from {{ ref('signature_points') }} as points
        where points.signature_id = signatures.signature_id and points.point_index = 1
    )
