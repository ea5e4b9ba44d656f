{# Whether a text is empty or white space only, of any alphabet. The spaces beyond ASCII are named:
   under some locales of the server [:space:] does not hold them. The first character alone clears most. #}
{% macro is_blank(text) -%}
    (
        ascii({{ text }}) not between 33 and 126
        and not {{ matches(text, '[^[:space:]\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]') }}
    )
{%- endmacro %}
