{# The values of a row as one line of CSV: how a rejected record is shown. #}
{% macro csv_line(columns) -%}
    {%- for column in columns -%}
        case
            when {{ matches(column, '[",\\n\\r]') }} then '"' || replace({{ column }}, '"', '""') || '"'
            else {{ column }}
        end
        {%- if not loop.last %} || ',' || {% endif -%}
    {%- endfor -%}
{%- endmacro %}
