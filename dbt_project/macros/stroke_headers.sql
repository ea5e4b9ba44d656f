{# How many lines come before the first point. #}
{% macro stroke_header_lines(format) -%}
    case {{ format }}
        {%- for name, told in stroke_formats().items() %} when '{{ name }}' then {{ told.header_lines or 0 }}{% endfor %} else 0 end
{%- endmacro %}

{# How many points the first line tells, where it is there for that; -1 where it is no such number. #}
{% macro stroke_told_points(format, content) -%}
    case
        {%- for name, told in stroke_formats().items() if told.first_line == 'point_count' %}
        when {{ format }} = '{{ name }}' then coalesce(
            cast({{ regex_group(ascii_text("substr(" ~ content ~ ", 1, 64)"), '^[ \t]*([0-9]{1,9})[ \t]*\r?(\n|$)', 1) }} as bigint), -1
        )
        {%- endfor %}
    end
{%- endmacro %}

{# What is wrong with the number of points that a first line tells; null where nothing is. #}
{% macro stroke_count_fault(told, points) -%}
    case
        when {{ told }} = -1 then 'is not the number of points'
        when {{ told }} <> {{ points }} then 'tells ' || {{ told }} || ' points, and ' || ({{ points }}) || ' follow'
    end
{%- endmacro %}
