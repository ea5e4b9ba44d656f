{# Whether a text is a day of the calendar, written YYYY-MM-DD, from the year 1 on.
   By arithmetic, since a cast of 30 February ends the whole query. #}
{% macro is_calendar_date(text) -%}
    {%- set year = "cast(substr(" ~ text ~ ", 1, 4) as integer)" -%}
    {%- set month = "substr(" ~ text ~ ", 6, 2)" -%}
    {%- set day = "substr(" ~ text ~ ", 9, 2)" -%}
    case
        when not {{ matches(text, '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$') }} then false
        when substr({{ text }}, 1, 4) = '0000' then false
        when {{ month }} in ('04', '06', '09', '11') then {{ day }} <= '30'
        when {{ month }} <> '02' then true
        when mod({{ year }}, 4) = 0 and (mod({{ year }}, 100) <> 0 or mod({{ year }}, 400) = 0) then {{ day }} <= '29'
        else {{ day }} <= '28'
    end
{%- endmacro %}
