{# `ref` and `source` as dbt has them, but for two things. While a build is under way, a model that it
   has built beside the published one is meant, so that what stands on it and its tests see the new
   rows; a view, which stays, always stands on the published one. Of a model that only adds rows its own
   tests see these alone, all others the whole. And a relation that --empty limits needs no alias of
   dbt's, for the models give their own. #}
{% macro ref() -%}
    {%- set relation = builtins.ref(*varargs, **kwargs) -%}
    {%- if not (execute and target.type == 'postgres') or model.resource_type == 'unit_test' -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ varargs[-1]) -%}
    {%- if node and is_written_beside(node) and relation.schema == node.schema and not stays_a_view() -%}
        {%- set is_its_own = node.unique_id in (model.unique_id, model.attached_node) -%}
        {%- set whole = none if is_its_own else built_relation(relation, '__whole') -%}
        {%- set relation = whole or built_relation(relation) or relation -%}
    {%- endif -%}
    {{ return(relation.replace(require_alias=false)) }}
{%- endmacro %}

{% macro source() -%}
    {%- set relation = builtins.source(*varargs, **kwargs) -%}
    {%- if execute and model.resource_type != 'unit_test' -%}
        {%- set relation = relation.replace(require_alias=false) -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}

{# Whether a build writes this model beside the published one: the published ones, and all of them where
   --empty only tries whether the project runs. #}
{% macro is_written_beside(node) -%}
    {{ return(
        execute and target.type == 'postgres' and flags.WHICH in ('run', 'build')
        and model.resource_type in ('model', 'test')
        and (flags.EMPTY or is_published(node))
    ) }}
{%- endmacro %}

{# What people read, and of each source the tables that the marts of all sources unite. #}
{% macro is_published(node) -%}
    {{ return(
        node.resource_type == 'model' and node.config.materialized in ('table', 'incremental')
        and (node.fqn[1] in ('marts', 'exports') or node.name.split('__')[1:] | first in united())
    ) }}
{%- endmacro %}

{% macro united() -%}
    {{ return(['origins', 'reconciliation', 'rejected_records']) }}
{%- endmacro %}

{% macro stays_a_view() -%}
    {{ return(model.resource_type == 'model' and model.config.materialized == 'view' and not flags.EMPTY) }}
{%- endmacro %}

{% macro built_relation(relation, suffix='') -%}
    {%- set new = beside(relation, suffix) -%}
    {{ return(new if adapter.get_relation(new.database, new.schema, new.identifier) else none) }}
{%- endmacro %}

{# Where a build writes: the same name in a schema that only builds use. #}
{% macro beside(relation, suffix='') -%}
    {{ return(relation.incorporate(
        path={'schema': generate_schema_name('building', none), 'identifier': relation.identifier ~ suffix},
        type='table'
    )) }}
{%- endmacro %}
