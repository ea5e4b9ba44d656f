{# One number that orders what was landed: by the run that did it, then by its place in the run; no clock
   does. #}
{% macro turn(table, place='page') -%}
    {{ table }}.run_id * 1000000000 + {{ table }}.{{ place }}
{%- endmacro %}
