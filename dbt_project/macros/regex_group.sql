{# The group of a regular expression, by its number from 1, where the text matches. #}
{% macro regex_group(text, pattern, group) -%}
    {{ return(adapter.dispatch('regex_group')(text, pattern, group)) }}
{%- endmacro %}

{% macro default__regex_group(text, pattern, group) -%}
    regexp_extract({{ text }}, '{{ pattern }}', {{ group }})
{%- endmacro %}

{% macro postgres__regex_group(text, pattern, group) -%}
    (regexp_match({{ text }}, '{{ pattern }}'))[{{ group }}]
{%- endmacro %}
