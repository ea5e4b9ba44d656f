-- One row an image: the bytes that one or more published signatures show. Never rewritten: the id
-- is made from the bytes.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    post_hook="{{ assets_to_delete(ref('int_signatures__signatures')) }}"
) }}

with holders as (
    select
        *,
        row_number() over (partition by asset_id order by load_id, path) as holder
    from {{ ref('int_signatures__signatures') }}
    where
        asset_id is not null
        and {% if is_incremental() %}asset_id not in (
            select assets.asset_id
            from {{ this }} as assets
        ){% else %}true{% endif %}
)

select
    cast(holders.asset_id as {{ dbt.type_string() }}) as asset_id,
    cast(length(contents.content) as bigint) as size_bytes,
    contents.content
from holders
inner join {{ ref('stg_signatures__contents') }} as contents
    on
        holders.source = contents.source
        and holders.path = contents.path
        and holders.load_id = contents.load_id
where holders.holder = 1
