-- Images of folders that count, each with a file that holds it now, else with the last one that did
with held as (
    select
        photo_id,
        file_path
    from {{ ref('int_classification__images') }}
    where stands_for_image
),

removed as (
    select
        photo_id,
        file_path,
        removed_at,
        row_number() over (partition by photo_id order by run_id desc, file_path asc, origin_id asc) as age
    from {{ ref('stg_classification__removed_images') }}
),

lost as (
    select
        photo_id,
        file_path,
        removed_at
    from removed
    where age = 1
)

select
    coalesce(held.photo_id, lost.photo_id) as photo_id,
    coalesce(held.file_path, lost.file_path) as file_path,
    case when held.photo_id is null then lost.removed_at end as file_gone_since
from held
full outer join lost on held.photo_id = lost.photo_id
