{# How files of strokes are written, by layout: the columns of a line, what is between them, how many lines
   come first. A layout that does not say is as SOURCE_A: `x,y,z`, and so are registered points. All are
   brought into lines of numbers with commas between, and judged and read as such from there on. #}
{% macro stroke_formats() -%}
    {%- set formats = {} -%}
    {%- for name, told in var('signature_layouts').items() if told.strokes -%}
        {%- do formats.update({name: told.strokes}) -%}
    {%- endfor -%}
    {{ return(formats) }}
{%- endmacro %}

{# The layout, where it says how strokes are written; else null. #}
{% macro stroke_format(layout) -%}
    case when {{ layout }} in ('', {% for name in stroke_formats() %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %}) then {{ layout }} end
{%- endmacro %}

{# The text of a file as lines with commas. What stood between blanks and holds a comma is no number. #}
{% macro stroke_text(format, content) -%}
    case {{ format }}
        {%- for name, told in stroke_formats().items() %}
        {%- set text = ascii_text(content) -%}
        {%- if told.separator == 'blanks' -%}
            {%- set blanks = replace_all("replace(" ~ text ~ ", ',', ';')", '[ \\t]+', "','") -%}
            {%- set text = "trim(both ',' from " ~ replace_all(blanks, ',*\\r?\\n,*', 'chr(10)') ~ ")" -%}
        {%- endif -%}
        {%- if told.header_lines -%}
            {%- set text = replace_all(text, '^([^\\n]*(\\n|$)){' ~ told.header_lines ~ '}', "''") -%}
        {%- endif %}
        when '{{ name }}' then {{ text }}
        {%- endfor %}
        else {{ ascii_text(content) }}
    end
{%- endmacro %}

{# How many numbers a line has. #}
{% macro stroke_columns(format) -%}
    case {{ format }}
        {%- for name, told in stroke_formats().items() %} when '{{ name }}' then {{ told.columns | length }}{% endfor %} else 3 end
{%- endmacro %}

{# Whether every line is plainly as many numbers as it should be. #}
{% macro is_plain_strokes(format, text) -%}
    case {{ format }}
        {%- for name, told in stroke_formats().items() %}
        when '{{ name }}' then {{ is_plain_numbers(text, told.columns | length) }}
        {%- endfor %}
        else {{ is_plain_numbers(text, 3) }}
    end
{%- endmacro %}

{# A column of a line as a double; null where the format has none of this name. #}
{% macro stroke_value(format, line, column) -%}
    {%- set usual = {'x': 1, 'y': 2, 'z': 3} -%}
    cast(
        case
            when {{ format }} is null then {{ "split_part(" ~ line ~ ", ',', " ~ usual[column] ~ ")" if column in usual else 'null' }}
            {%- for name, told in stroke_formats().items() if column in told.columns %}
            when {{ format }} = '{{ name }}' then split_part({{ line }}, ',', {{ told.columns.index(column) + 1 }})
            {%- endfor %}
        end as {{ type_double() }}
    )
{%- endmacro %}
