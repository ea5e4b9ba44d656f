{# A text without the byte-order mark that it may begin with. #}
{% macro without_mark(text) -%}
    case when substr({{ text }}, 1, 1) = {{ character(65279) }} then substr({{ text }}, 2) else {{ text }} end
{%- endmacro %}

{# The character of a number of Unicode. #}
{% macro character(number) -%}
    {{ return(adapter.dispatch('character')(number)) }}
{%- endmacro %}

{% macro default__character(number) -%}
    '{{ '%c' % number }}'
{%- endmacro %}

{% macro postgres__character(number) -%}
    chr({{ number }})
{%- endmacro %}
