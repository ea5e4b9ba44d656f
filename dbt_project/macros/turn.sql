{# One number that orders loads: by the run that made them, then by their place in it; no clock does. #}
{% macro turn(table) -%}
    {{ table }}.run_id * 1000000000 + {{ table }}.page
{%- endmacro %}
