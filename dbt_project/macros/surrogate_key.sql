{# A key made from the values of a row: the same values give the same key on every machine. #}
{% macro surrogate_key(columns) -%}
    md5({% for column in columns %}{{ column }}{% if not loop.last %} || {{ "chr(31)" }} || {% endif %}{% endfor %})
{%- endmacro %}
