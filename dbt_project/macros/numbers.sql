{# A number as text: digits with or without a point, blanks around it. `exponent` is how many digits
   an exponent may have. #}
{% macro number_pattern(exponent) -%}
    [ \t]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,{{ exponent }}})?[ \t]*
{%- endmacro %}

{# Whether every line of a text is plainly some numbers with commas between: one pass over the
   text, ten times faster than line by line. Numbers long enough or with an exponent large enough
   to leave the range of a double are not plain; nor is a text without lines. #}
{% macro is_plain_numbers(text, count) -%}
    {%- set number = number_pattern(2) -%}
    {%- set line = ([number] * count) | join(',') ~ '\\r?' -%}
    ({{ matches(text, '^(' ~ line ~ '\\n)*' ~ line ~ '\\n?$') }} and not {{ matches(text, '[0-9.]{200}') }})
{%- endmacro %}

{# Whether a text is a number that a double can hold. A cast of anything else ends the query. #}
{% macro is_finite_number(text) -%}
    {{ return(adapter.dispatch('is_finite_number')(text)) }}
{%- endmacro %}

{% macro default__is_finite_number(text) -%}
    coalesce(
        {{ matches(text, '^' ~ number_pattern(4) ~ '$') }}
        and abs(try_cast({{ text }} as double)) <= 1.7976931348623157E308D,
        false
    )
{%- endmacro %}

{# Postgres refuses what rounds to nothing as well as what is too large: what is nearer to 0 than to the
   smallest double, and what is no nearer to the largest than to the next that would come. #}
{% macro postgres__is_finite_number(text) -%}
    case
        when not {{ matches(text, '^' ~ number_pattern(4) ~ '$') }} or length({{ text }}) > 1000 then false
        when cast({{ text }} as numeric) = 0 then true
        else abs(cast({{ text }} as numeric)) between 2.4703282292062327209e-324 and 1.7976931348623158079e308
    end
{%- endmacro %}

{% macro type_double() -%}
    {{ return(adapter.dispatch('type_double')()) }}
{%- endmacro %}

{% macro default__type_double() -%}
    double
{%- endmacro %}

{% macro postgres__type_double() -%}
    double precision
{%- endmacro %}
