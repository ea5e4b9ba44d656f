{# dbt's own view on Postgres drops the old view, and with it every view that stands on it. Here the
   old one is replaced in place, so that a run of one model takes nothing else away. Where its columns
   changed that cannot be: then the views that stood on it are made again from their definitions,
   those at least that the new columns still allow. #}
{% materialization view, adapter='postgres' -%}
    {%- set old = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set grant_config = config.get('grants') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

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
    declare
        above text[];
        definition text;
    begin
        execute $definition$create or replace view {{ view }} as (
            {{ sql }}
        )$definition$;
    exception when invalid_table_definition or wrong_object_type then
        above := array({{ views_above(view) }});
        if exists (select from pg_class where oid = to_regclass('{{ view }}') and relkind = 'v') then
            drop view {{ view }} cascade;
        else
            drop table {{ view }} cascade;
        end if;
        execute $definition$create view {{ view }} as (
            {{ sql }}
        )$definition$;
        foreach definition in array above loop
            begin
                execute definition;
            exception when undefined_column or undefined_table or undefined_function or datatype_mismatch then
                raise notice 'gone, its columns are not there any more: %', split_part(definition, ' as ', 1);
            end;
        end loop;
    end
    $replace$
{% endmacro %}

{# The statements that make the views again that stand on a relation, the nearest first. #}
{% macro views_above(relation) %}
    with recursive standing (oid, depth) as (
        select to_regclass('{{ relation }}')::oid, 0
        union
        select pg_rewrite.ev_class, standing.depth + 1
        from standing
        inner join pg_depend
            on pg_depend.refclassid = 'pg_class'::regclass and pg_depend.refobjid = standing.oid
        inner join pg_rewrite on pg_depend.classid = 'pg_rewrite'::regclass and pg_depend.objid = pg_rewrite.oid
        where pg_rewrite.ev_class <> standing.oid
    )
    select format('create view %s as %s', standing.oid::regclass, pg_get_viewdef(standing.oid))
    from standing
    inner join pg_class on standing.oid = pg_class.oid and pg_class.relkind = 'v'
    where standing.depth > 0
    group by standing.oid
    order by max(standing.depth)
{% endmacro %}
