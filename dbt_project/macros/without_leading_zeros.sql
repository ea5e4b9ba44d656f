{# A number of digits as the shortest text that means it: 0120 is 120, 000 is 0. #}
{% macro without_leading_zeros(digits) -%}
    cast(cast({{ digits }} as integer) as {{ dbt.type_string() }})
{%- endmacro %}
