{# What a contract declares, in the order in which a table takes it in least time. #}
{% macro quoted_columns() -%}
    {% for name in model.columns %}{{ adapter.quote(name) }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# What says how a column is stored belongs to the table from the beginning. #}
{% macro columns_without_keys() -%}
    {%- for name, column in model.columns.items() %}
        {{ adapter.quote(name) }} {{ column.data_type }}
        {%- for constraint in column.constraints if constraint.type == 'custom' %} {{ constraint.expression }}{% endfor %}
        {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Clauses of `alter table`, one for all columns that hold no null: one look at the rows. #}
{% macro keys_of_contract() -%}
    {%- set not_null, keys = [], [] -%}
    {%- for name, column in model.columns.items() -%}
        {%- for constraint in column.constraints -%}
            {%- if constraint.type == 'not_null' -%}
                {%- do not_null.append('alter column ' ~ adapter.quote(name) ~ ' set not null') -%}
            {%- else -%}
                {%- do keys.append(key_of(constraint, [name])) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in model.constraints -%}
        {%- do keys.append(key_of(constraint, constraint.columns)) -%}
    {%- endfor -%}
    {{ return(([not_null | join(', ')] + keys) | select | list) }}
{%- endmacro %}

{% macro key_of(constraint, columns) -%}
    {%- set kinds = {'primary_key': 'primary key', 'unique': 'unique'} -%}
    {%- if constraint.type in kinds -%}
        {{ return('add ' ~ kinds[constraint.type] ~ ' (' ~ columns | map('lower') | join(', ') ~ ')') }}
    {%- elif constraint.type == 'check' -%}
        {{ return('add check (' ~ constraint.expression ~ ')') }}
    {%- endif -%}
{%- endmacro %}
