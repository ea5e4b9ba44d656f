{# The lines of a text column: one row a line, with `columns` beside it, as `line` (from 1) and
   `line_text`. A text that ends with a line feed has an empty last line. Linear in the text. #}
{% macro split_lines(relation, columns, text) -%}
    {{ return(adapter.dispatch('split_lines')(relation, columns, text)) }}
{%- endmacro %}

{% macro default__split_lines(relation, columns, text) -%}
    select
        {{ columns | join(', ') }},
        cast(position + 1 as integer) as line,
        line_text
    from {{ relation }}
    lateral view posexplode(split({{ text }}, chr(10), -1)) as position, line_text
{%- endmacro %}

{# No row comes of an empty text here, hence the outer join. #}
{% macro postgres__split_lines(relation, columns, text) -%}
    select
        {{ columns | join(', ') }},
        cast(coalesce(lines.line, 1) as integer) as line,
        coalesce(lines.line_text, '') as line_text
    from {{ relation }}
    left join lateral string_to_table({{ text }}, chr(10)) with ordinality as lines (line_text, line) on true
{%- endmacro %}
