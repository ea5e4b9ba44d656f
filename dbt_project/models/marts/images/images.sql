-- One row an image. Rows that hold are never touched: a million images are not rewritten for a
-- thousand new ones, and a full refresh leaves them as they are. Only what is missing is added.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=false,
    post_hook="{{ images_to_delete(ref('int_images__attempts')) }}"
) }}

with missing as (
    select *
    from {{ ref('int_images__attempts') }} as attempts
    where
        attempts.image_id is not null
        and {% if is_incremental() %}not exists (
            select 1 from {{ this }} as images
            where {{ is_same_image('images', 'attempts') }}
        ){% else %}true{% endif %}
)

select
    missing.image_id,
    cast(missing.url as {{ dbt.type_string() }}) as url,
    cast(missing.title as {{ dbt.type_string() }}) as title,
    missing.attempted_at as fetched_at,
    contents.width,
    contents.height,
    cast(contents.format as {{ dbt.type_string() }}) as format,
    cast(contents.sha256 as {{ dbt.type_string() }}) as sha256,
    contents.content,
    cast(contents.mode as {{ dbt.type_string() }}) as mode,
    contents.frames,
    contents.orientation,
    contents.is_one_colour,
    cast(length(contents.content) as {{ dbt.type_bigint() }}) as bytes
from missing
inner join {{ ref('stg_images__contents') }} as contents on missing.sha256 = contents.sha256
