{# Before assets are added: away with those that no published signature shows any more. #}
{% macro delete_assets_that_nothing_shows() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as assets
    where not exists (
        select 1
        from {{ ref('int_signatures__signatures') }} as signatures
        where signatures.asset_id = assets.asset_id
    )
    {%- endif -%}
{%- endmacro %}
