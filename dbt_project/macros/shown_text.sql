{# A text with escapes in place of the characters that nobody sees; plain blanks and line ends stay. #}
{% macro shown_text(text) -%}
    {{ return(adapter.dispatch('shown_text')(text, '[\\t\\u000b\\f\\r' ~ hard_blanks() ~ invisible_characters() ~ ']')) }}
{%- endmacro %}

{% macro default__shown_text(text, unseen) -%}
    array_join(
        transform(
            split({{ text }}, ''),
            one -> case when one rlike '{{ unseen }}' then '\\u' || lpad(lower(hex(ascii(one))), 4, '0') else one end
        ),
        ''
    )
{%- endmacro %}

{% macro postgres__shown_text(text, unseen) -%}
    case
        when {{ text }} ~ '{{ unseen }}' then (
            select
                string_agg(
                    case when one.letter ~ '{{ unseen }}' then '\u' || lpad(to_hex(ascii(one.letter)), 4, '0') else one.letter end,
                    '' order by one.place
                )
            from regexp_split_to_table({{ text }}, '') with ordinality as one (letter, place)
        )
        else {{ text }}
    end
{%- endmacro %}
