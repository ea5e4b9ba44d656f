{# Whether a text is a moment written YYYY-MM-DD HH:MM:SS, with a T or fractions of a second or not. #}
{% macro is_utc_moment(text) -%}
    case
        when {{ text }} is null then false
        when not {{ matches(text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?$') }}
            then false
        else {{ is_calendar_date('substr(' ~ text ~ ', 1, 10)') }}
    end
{%- endmacro %}
