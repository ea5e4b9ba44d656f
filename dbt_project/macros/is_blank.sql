{# Whether a text shows nothing: it is empty, or holds white space and invisible characters only, of any
   alphabet. The first character alone clears most. #}
{% macro is_blank(text) -%}
    (
        ascii({{ text }}) not between 33 and 126
        and not {{ matches(text, '[^' ~ blank_characters() ~ invisible_characters() ~ ']') }}
    )
{%- endmacro %}
