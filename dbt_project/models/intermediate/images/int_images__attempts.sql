-- Every attempt, judged once and for good: the first of each content becomes an image and gets the
-- next free image_id. Only loads that are not here yet are read.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=false,
    indexes=[
        {'columns': ['load_id', 'draw'], 'unique': true},
        {'columns': ['image_id'], 'unique': true},
        {'columns': ['sha256']},
    ]
) }}

with new_loads as (
    select draws.load_id
    from {{ ref('stg_images__draws') }} as draws
    {% if is_incremental() %}
    where
        not exists (
            select 1 from {{ this }} as known
            where known.load_id = draws.load_id
        )
    {% endif %}
),

new_attempts as (
    select * from {{ ref('stg_images__attempts') }}
    where load_id in (select load_id from new_loads)
),

known_before as (
    {% if is_incremental() %}
    select known.sha256
    from {{ this }} as known
    where known.reason is null and known.sha256 in (select sha256 from new_attempts)
    {% else %}
    select sha256
    from new_attempts
    where false
    {% endif %}
),

last_number as (
    {% if is_incremental() %}
    select coalesce(max(image_id), 0) as image_id from {{ this }}
    {% else %}
    select 0 as image_id
    {% endif %}
),

judged as (
    select
        new_attempts.*,
        reason is null and (
            row_number() over (partition by sha256, reason order by load_id, draw) > 1
            or sha256 in (select known_before.sha256 from known_before)
        ) as is_duplicate
    from new_attempts
),

numbered as (
    select
        judged.*,
        reason is null and not is_duplicate as is_image,
        row_number() over (
            partition by reason is null and not is_duplicate order by load_id, draw
        ) as place
    from judged
)

select
    numbered.load_id,
    numbered.run_id,
    numbered.draw,
    numbered.origin,
    numbered.url,
    numbered.title,
    numbered.attempted_at,
    numbered.sha256,
    numbered.reason,
    numbered.detail,
    numbered.is_duplicate,
    case when numbered.is_image then last_number.image_id + numbered.place end as image_id
from numbered
cross join last_number
