{# The log writes `"student_id", 403` for `"student_id": 403`. What is a JSON object as it stands is left
   as it is: a title may hold such text. Most lines need no look at their JSON to know that they are none:
   a quote after a space is not escaped; does it end a string, a comma has to follow, and does it begin
   one, the string is a key without a value, for outside of arrays a value follows a colon. #}
{% macro mended_test_run(text) -%}
    {%- set separator = dbt.string_literal('"student_id",') -%}
    {%- set mended = "replace(" ~ text ~ ", " ~ separator ~ ", " ~ dbt.string_literal('"student_id":') ~ ")" -%}
case
    when {{ dbt.position(separator, text) }} = 0 then {{ text }}
    when
        {{ dbt.position(dbt.string_literal(', "student_id",'), text) }} > 0
        and {{ dbt.position("'['", text) }} = 0
        then {{ mended }}
    when {{ is_json_object(text) }} then {{ text }}
    else {{ mended }}
end
{%- endmacro %}
