{# Whether a text is empty or white space only, of any alphabet. The spaces beyond ASCII are named:
   under some locales of the server [:space:] does not hold them. #}
{% macro is_blank(text) -%}
    not {{ matches(text, '[^[:space:]\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]') }}
{%- endmacro %}
