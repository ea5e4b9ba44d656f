{# Bytes as text to look at. What `is_text` vouches for (UTF-8 without NUL) is shown as it is,
   anything else with the bytes beyond ASCII as octal escapes. #}
{% macro bytes_to_text(bytes, is_text) -%}
    {{ return(adapter.dispatch('bytes_to_text')(bytes, is_text)) }}
{%- endmacro %}

{% macro default__bytes_to_text(bytes, is_text) -%}
    case when {{ is_text }} then decode({{ bytes }}, 'UTF-8') else hex({{ bytes }}) end
{%- endmacro %}

{% macro postgres__bytes_to_text(bytes, is_text) -%}
    case when {{ is_text }} then convert_from({{ bytes }}, 'UTF8') else encode({{ bytes }}, 'escape') end
{%- endmacro %}
