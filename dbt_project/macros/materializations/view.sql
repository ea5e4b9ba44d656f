{# dbt's own view on Postgres drops the old view, and with it every view that stands on it. Here the
   old one is replaced in place, so that a run of one model takes nothing else away. Where its columns
   changed that cannot be: then the views that stood on it are made again from their definitions,
   those at least that the new columns still allow. #}
{% materialization view, adapter='postgres' -%}
    {%- if is_written_beside(model) -%}
        {{ return(build_beside(sql)) }}
    {%- endif -%}
    {%- set old = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set grant_config = config.get('grants') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {{ get_assert_columns_equivalent(sql) if config.get('contract').enforced }}
    {% call statement('main') -%}
        {{ replace_view(target_relation, sql) }}
    {%- endcall %}

    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(old, full_refresh_mode=True)) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro replace_view(view, sql) %}
    do $replace$
    begin
        execute $definition$create or replace view {{ view }} as (
            {{ sql }}
        )$definition$;
    exception when invalid_table_definition or wrong_object_type then
        perform {{ generate_schema_name('building', none) }}.replace_relation('{{ view }}', $definition$create view {{ view }} as (
            {{ sql }}
        )$definition$);
    end
    $replace$
{% endmacro %}
