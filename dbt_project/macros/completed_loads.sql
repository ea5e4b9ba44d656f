{# The load ids of a raw schema that count: dlt writes `_dlt_loads` once all files of a load are in.
   Use it with `in`, never as a join: a load cut off at the very end may stand there twice. #}
{% macro completed_loads(source_name) -%}
    (select load_id from {{ source(source_name, '_dlt_loads') }} where status = 0)
{%- endmacro %}
