{# Before points are added: away with those whose signature is gone or was landed anew since.
   In one transaction with the insert that follows. #}
{% macro delete_points_that_no_longer_hold() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as points
    where not exists (
        select 1
        from {{ ref('int_signatures__signatures') }} as signatures
        where signatures.signature_id = points.signature_id and signatures.run_id = points.run_id
    )
    {%- endif -%}
{%- endmacro %}
