{# Whether a value is among the few that a query gives. #}
{% macro is_one_of(value, query) -%}
    {{ return(adapter.dispatch('is_one_of')(value, query)) }}
{%- endmacro %}

{% macro default__is_one_of(value, query) -%}
    {{ value }} in ({{ query }})
{%- endmacro %}

{# As an array the values are known before the scan, so an index can serve. And asked once whether there
   are any, the engine begins no scan where there are none, whatever its plan. #}
{% macro postgres__is_one_of(value, query) -%}
    exists ({{ query }})
    and {{ value }} = any(array({{ query }}))
{%- endmacro %}
