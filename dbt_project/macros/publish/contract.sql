{# What a contract declares, in the order in which a table takes it in least time. #}
{% macro quoted_columns() -%}
    {% for name in model.columns %}{{ adapter.quote(name) }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# A table is made of a query on all cores, and filled by one on a single core; yet what says how a column
   is stored has to be there before the rows. Without a query the table is empty. #}
{% macro create_table_of_contract(new, sql=none) -%}
    {%- set columns, typed, stored = [], [], [] -%}
    {%- for name, column in model.columns.items() -%}
        {%- set how = column.constraints | selectattr('type', 'equalto', 'custom') | map(attribute='expression') | join(' ') -%}
        {%- do stored.append(how) if how -%}
        {%- do columns.append(adapter.quote(name) ~ ' ' ~ column.data_type ~ ' ' ~ how) -%}
        {%- do typed.append('cast(' ~ adapter.quote(name) ~ ' as ' ~ column.data_type ~ ') as ' ~ adapter.quote(name)) -%}
    {%- endfor -%}
    {%- if stored or not sql -%}
        create unlogged table {{ new }} ({{ columns | join(', ') }})
        {%- if sql -%}; insert into {{ new }} ({{ quoted_columns() }}) {{ get_select_subquery(sql) }}{%- endif -%}
    {%- else -%}
        create unlogged table {{ new }} as select {{ typed | join(', ') }} from ({{ sql }}) as model_subq
    {%- endif -%}
{%- endmacro %}

{% macro add_keys_of_contract(new) -%}
    {%- for change in keys_of_contract() -%}
        {%- call statement('key') -%} alter table {{ new }} {{ change }} {%- endcall -%}
    {%- endfor -%}
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
