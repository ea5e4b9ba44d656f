{# Whether a text that `ascii_text` made begins with the byte-order mark of UTF-8. #}
{% macro begins_with_a_mark(text) -%}
    {{ return(adapter.dispatch('begins_with_a_mark')(text)) }}
{%- endmacro %}

{% macro default__begins_with_a_mark(text) -%}
    {{ text }} like concat(chr(239), chr(187), chr(191), '%')
{%- endmacro %}

{% macro postgres__begins_with_a_mark(text) -%}
    starts_with({{ text }}, encode(decode('efbbbf', 'hex'), 'escape'))
{%- endmacro %}
