{# Joins the members of a JSON object, given as text, to the rows beside it: `name` and `value`, as text.
   A text that this engine does not take for an object has none. #}
{% macro json_members(text, alias) -%}
    {{ return(adapter.dispatch('json_members')(text, alias)) }}
{%- endmacro %}

{% macro default__json_members(text, alias) -%}
lateral view explode(from_json({{ text }}, 'map<string,string>')) {{ alias }} as name, value
{%- endmacro %}

{% macro postgres__json_members(text, alias) -%}
cross join lateral jsonb_each_text(
    case when {{ is_json_object(text) }} then {{ to_json(text) }} end
) as {{ alias }} (name, value)
{%- endmacro %}
