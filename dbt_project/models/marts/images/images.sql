-- One row an image. Rows are added and never touched again: a million images are not rewritten
-- for a thousand new ones, and a full refresh leaves them as they are.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=false
) }}

select
    attempts.image_id,
    cast(attempts.url as {{ dbt.type_string() }}) as url,
    cast(attempts.title as {{ dbt.type_string() }}) as title,
    attempts.attempted_at as fetched_at,
    contents.width,
    contents.height,
    cast(contents.format as {{ dbt.type_string() }}) as format,
    cast(contents.sha256 as {{ dbt.type_string() }}) as sha256,
    contents.content
from {{ ref('int_images__attempts') }} as attempts
inner join {{ ref('stg_images__contents') }} as contents on attempts.sha256 = contents.sha256
where
    attempts.image_id is not null
    and attempts.image_id > {% if is_incremental() %}(
        select coalesce(max(image_id), 0)
        from {{ this }}
    ){% else %}0{% endif %}
