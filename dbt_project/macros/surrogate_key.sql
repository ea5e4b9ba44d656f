{# A key made from the values of a row: the same values give the same key on every machine. A value
   that holds the separator itself is escaped, so no two rows of different values share a key. #}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns -%}
            replace(replace({{ column }}, chr(30), chr(30) || '0'), chr(31), chr(30) || '1')
            {%- if not loop.last %} || chr(31) || {% endif -%}
        {%- endfor -%}
    )
{%- endmacro %}
