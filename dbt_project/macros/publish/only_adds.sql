{# A published model that is large writes only what is to be added. This post-hook says what is to go with
   it: the keys of the published rows that are to be deleted. Where it is not incremental it writes all. With
   it comes a view of the model as it will be once it is published, for what stands on it. #}
{% macro keys_to_delete(keys, condition) -%}
    {%- if execute and not flags.EMPTY and is_incremental() -%}
    {%- set gone, is_gone = beside(this, '__gone'), [] -%}
    {%- for key in keys.split(', ') -%} {%- do is_gone.append('gone.' ~ key ~ ' = published.' ~ key) -%} {%- endfor -%}
    drop table if exists {{ gone }} cascade;
    create unlogged table {{ gone }} as
    select {{ keys }}
    from {{ this }} as published
    where {{ condition }};
    analyze {{ gone }};
    create view {{ beside(this, '__whole') }} as
    select {{ quoted_columns() }} from {{ beside(this) }}
    union all
    select {{ quoted_columns() }} from {{ this }} as published
    where not exists (select 1 from {{ gone }} as gone where {{ is_gone | join(' and ') }})
    {%- endif -%}
{%- endmacro %}

{# For a test that looks at nothing but what this build adds: that, of what `ref` gave. #}
{% macro additions(relation) -%}
    {{ return(relation.incorporate(path={'identifier': relation.identifier | replace('__whole', '')})) }}
{%- endmacro %}

{# As dbt has it; yet what is published in another shape, by an older version of the project, is written
   whole. #}
{% macro is_incremental() -%}
    {%- set adds = dbt.is_incremental() and is_written_beside(model) and is_published(model) and not flags.EMPTY -%}
    {{ return(not is_published_in_another_shape() if adds else dbt.is_incremental()) }}
{%- endmacro %}

{% macro is_published_in_another_shape() -%}
    {%- set shape = beside(this, '__shape') -%}
    {%- do run_query('drop table if exists ' ~ shape) -%}
    {%- do run_query(create_table_of_contract(shape)) -%}
    {%- do add_keys_of_contract(shape) -%}
    {%- set query %} select {{ shape.schema }}.differences('{{ this }}', '{{ shape }}') <> '{}' {% endset -%}
    {%- set differs = run_query(query).columns[0].values() == (true,) -%}
    {%- do run_query('drop table ' ~ shape) -%}
    {{ return(differs) }}
{%- endmacro %}
