{# Bytes that ought to be ASCII, as text; never fails. Any other byte comes out as something that is
   neither digit nor letter of a number: an escape on Postgres, a character of Latin-1 elsewhere. #}
{% macro ascii_text(bytes) -%}
    {{ return(adapter.dispatch('ascii_text')(bytes)) }}
{%- endmacro %}

{% macro default__ascii_text(bytes) -%}
    decode({{ bytes }}, 'ISO-8859-1')
{%- endmacro %}

{% macro postgres__ascii_text(bytes) -%}
    encode({{ bytes }}, 'escape')
{%- endmacro %}
