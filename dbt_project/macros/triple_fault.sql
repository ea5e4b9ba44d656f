{# What keeps a line from being three finite numbers with commas between; null where nothing does. #}
{% macro triple_fault(line) -%}
    {%- set line = "trim(trailing chr(13) from " ~ line ~ ")" -%}
    {%- set values_found = "length(" ~ line ~ ") - length(replace(" ~ line ~ ", ',', '')) + 1" -%}
    case
        when {{ is_blank(line) }} then 'is blank'
        when {{ begins_with_a_mark(line) }} then 'begins with a byte-order mark'
        when {{ matches(line, '[\\r]') }} then 'has carriage returns in place of line feeds'
        when {{ values_found }} <> 3 then 'has ' || ({{ values_found }}) || ' values, not 3'
        {%- for position in (1, 2, 3) %}
        when not {{ is_finite_number("split_part(" ~ line ~ ", ',', " ~ position ~ ")") }}
            then 'value {{ position }} is no finite number'
        {%- endfor %}
    end
{%- endmacro %}
