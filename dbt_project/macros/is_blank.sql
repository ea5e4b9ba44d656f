{# Whether a text is empty or white space only, of any alphabet. #}
{% macro is_blank(text) -%}
    not {{ matches(text, '[^[:space:]]') }}
{%- endmacro %}
