{# What keeps a line from being as many finite numbers as its format has columns, with commas between; null
   where nothing does. #}
{% macro stroke_fault(format, line) -%}
    {%- set columns = stroke_columns(format) -%}
    {%- set most = [3] -%}
    {%- for told in stroke_formats().values() -%}{%- do most.append(told.columns | length) -%}{%- endfor -%}
    {%- set line = "trim(trailing chr(13) from " ~ line ~ ")" -%}
    {%- set values_found = "length(" ~ line ~ ") - length(replace(" ~ line ~ ", ',', '')) + 1" -%}
    case
        when {{ is_blank(line) }} then 'is blank'
        when {{ begins_with_a_mark(line) }} then 'begins with a byte-order mark'
        when {{ matches(line, '[\\r]') }} then 'has carriage returns in place of line feeds'
        when {{ values_found }} <> {{ columns }}
            then 'has ' || ({{ values_found }}) || ' values, not ' || ({{ columns }})
        {%- for position in range(1, most | max + 1) %}
        when {{ position }} <= {{ columns }} and not {{ is_finite_number("split_part(" ~ line ~ ", ',', " ~ position ~ ")") }}
            then 'value {{ position }} is no finite number'
        {%- endfor %}
    end
{%- endmacro %}
