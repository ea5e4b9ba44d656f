{# Postgres looks at a table by itself some time after it was filled, and plans badly for the models that
   read it before that. What is built beside the published tables is looked at there. #}
{% macro analyze_it() -%}
    {%- if target.type == 'postgres' and model.config.materialized != 'view' and not is_written_beside(model) -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
