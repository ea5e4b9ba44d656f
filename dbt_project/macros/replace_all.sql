{# A text with every match of a pattern replaced by what an expression gives. #}
{% macro replace_all(text, pattern, by) -%}
    {{ return(adapter.dispatch('replace_all')(text, pattern, by)) }}
{%- endmacro %}

{% macro default__replace_all(text, pattern, by) -%}
    regexp_replace({{ text }}, '{{ pattern }}', {{ by }})
{%- endmacro %}

{% macro postgres__replace_all(text, pattern, by) -%}
    regexp_replace({{ text }}, '{{ pattern }}', {{ by }}, 'g')
{%- endmacro %}
