{# Characters that the eye takes for a blank, as a class of a regular expression holds them. Those beyond
   ASCII are named: under some locales of the server [:space:] does not hold them. #}
{% macro blank_characters() -%}
    [:space:]{{ hard_blanks() }}
{%- endmacro %}

{% macro hard_blanks() -%}
    \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000
{%- endmacro %}

{# Characters that leave nothing on the screen: controls, joiners, marks of direction, fillers, tags. #}
{% macro invisible_characters() -%}
    \u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f
    {{- '\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb' }}
    {{- '\\U000e0000-\\U000e0fff' }}
{%- endmacro %}

{# A text with every kind of blank as one space, and none at its ends. #}
{% macro with_plain_blanks(text) -%}
    trim({{ replace_all(text, '[' ~ blank_characters() ~ ']+', "' '") }})
{%- endmacro %}

{% macro without_invisible(text) -%}
    {{ replace_all(text, '[' ~ invisible_characters() ~ ']', "''") }}
{%- endmacro %}

{# A text as the eye reads it: texts that look alike are the same. #}
{% macro as_it_looks(text) -%}
    lower({{ composed(with_plain_blanks(without_invisible(text))) }})
{%- endmacro %}

{# What alone makes two texts that look alike different ones. #}
{% macro unseen_difference(one, other) -%}
    case
        when replace({{ one }}, chr(13), '') = replace({{ other }}, chr(13), '') then 'a carriage return'
        when {{ replace_all(one, '[' ~ hard_blanks() ~ ']', "' '") }} = {{ other }} then 'a hard blank'
        when {{ with_plain_blanks(one) }} = {{ with_plain_blanks(other) }} then 'blanks'
        when lower({{ one }}) = lower({{ other }}) then 'upper and lower case'
        when {{ composed(one) }} = {{ composed(other) }} then 'the form of its accents'
        when {{ without_invisible(one) }} = {{ without_invisible(other) }} then 'an invisible character'
        else 'several of blanks, case, the form of accents and invisible characters'
    end
{%- endmacro %}

{# A text in which a letter and its accent are one character, where there is such a one. #}
{% macro composed(text) -%}
    {{ return(adapter.dispatch('composed')(text)) }}
{%- endmacro %}

{% macro default__composed(text) -%}
    {{ text }}
{%- endmacro %}

{% macro postgres__composed(text) -%}
    normalize({{ text }}, nfc)
{%- endmacro %}
