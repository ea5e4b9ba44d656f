{# Whether a text is a JSON object that this engine can hold. #}
{% macro is_json_object(text) -%}
    {{ return(adapter.dispatch('is_json_object')(text)) }}
{%- endmacro %}

{% macro default__is_json_object(text) -%}
    coalesce(substr(trim({{ text }}), 1, 1) = '{' and get_json_object({{ text }}, '$') is not null, false)
{%- endmacro %}

{# What is valid JSON and begins like an object is one: no second parse is needed to know. In a case, for
   a null is no object. #}
{% macro postgres__is_json_object(text) -%}
    case when pg_input_is_valid({{ text }}, 'jsonb') then left(ltrim({{ text }}, e' \t\r\n'), 1) = '{' else false end
{%- endmacro %}

{# A JSON object as the engine likes to take it apart. #}
{% macro to_json(text) -%}
    {{ return(adapter.dispatch('to_json')(text)) }}
{%- endmacro %}

{% macro default__to_json(text) -%}
    {{ text }}
{%- endmacro %}

{% macro postgres__to_json(text) -%}
    cast({{ text }} as jsonb)
{%- endmacro %}

{# A value of an object made by `to_json`, as text; null where it is absent or null. #}
{% macro json_text(json, key) -%}
    {{ return(adapter.dispatch('json_text')(json, key)) }}
{%- endmacro %}

{% macro default__json_text(json, key) -%}
    get_json_object({{ json }}, '$.{{ key }}')
{%- endmacro %}

{% macro postgres__json_text(json, key) -%}
    ({{ json }} ->> '{{ key }}')
{%- endmacro %}

{# The kind of a value: `string`, `number`, ...; null where it is absent. #}
{% macro json_kind(json, key) -%}
    {{ return(adapter.dispatch('json_kind')(json, key)) }}
{%- endmacro %}

{% macro default__json_kind(json, key) -%}
    case
        when get_json_object({{ json }}, '$.{{ key }}') is null then null
        when {{ json }} rlike '"{{ key }}" *: *"' then 'string'
        when {{ json }} rlike '"{{ key }}" *: *[-0-9]' then 'number'
        else 'other'
    end
{%- endmacro %}

{% macro postgres__json_kind(json, key) -%}
    jsonb_typeof({{ json }} -> '{{ key }}')
{%- endmacro %}
