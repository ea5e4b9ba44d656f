{# Of the rows of a relation that meet a condition, the first of each key in some order, as a query. The
   standard's window function serves everywhere, but Postgres reads what stands on one on a single core. #}
{% macro last_of_each(relation, key, order, condition) -%}
    {{ return(adapter.dispatch('last_of_each')(relation, key, order, condition)) }}
{%- endmacro %}

{% macro default__last_of_each(relation, key, order, condition) -%}
    select *
    from (
        select
            *,
            row_number() over (partition by {{ key }} order by {{ order }}) as place
        from {{ relation }}
        where {{ condition }}
    ) as ordered
    where place = 1
{%- endmacro %}

{% macro postgres__last_of_each(relation, key, order, condition) -%}
    select distinct on ({{ key }}) *
    from {{ relation }}
    where {{ condition }}
    order by {{ key }}, {{ order }}
{%- endmacro %}
