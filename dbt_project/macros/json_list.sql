{# The rows of a group as one JSON list of objects, in the order of a column. #}
{% macro json_list(columns, order_by) -%}
    {{ return(adapter.dispatch('json_list')(columns, order_by)) }}
{%- endmacro %}

{% macro default__json_list(columns, order_by) -%}
    to_json(transform(
        array_sort(collect_list(struct({{ order_by }} as place, struct({{ columns | join(', ') }}) as value))),
        one -> one.value
    ))
{%- endmacro %}

{% macro postgres__json_list(columns, order_by) -%}
    jsonb_agg(
        jsonb_build_object({% for column in columns %}'{{ column }}', {{ column }}{{ ', ' if not loop.last }}{% endfor %})
        order by {{ order_by }}
    )
{%- endmacro %}
