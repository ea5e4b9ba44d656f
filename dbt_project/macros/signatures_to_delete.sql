{# Points whose signature is gone or was landed anew since; its first point stands for all of them. #}
{% macro points_to_delete(signatures) -%}
    {%- set no_signature -%}
        published.point_index = 1
        and not exists (
            select 1
            from {{ signatures }} as signatures
            where signatures.signature_id = published.signature_id and signatures.run_id = published.run_id
        )
    {%- endset -%}
    {{ keys_to_delete('signature_id', no_signature) }}
{%- endmacro %}

{# Assets that no signature shows any more. #}
{% macro assets_to_delete(signatures) -%}
    {%- set no_signature -%}
        not exists (
            select 1
            from {{ signatures }} as signatures
            where signatures.asset_id = published.asset_id
        )
    {%- endset -%}
    {{ keys_to_delete('asset_id', no_signature) }}
{%- endmacro %}
