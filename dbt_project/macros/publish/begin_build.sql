{# Before the first model: away with what an earlier build left beside the published tables. A retry goes
   on with it. #}
{% macro begin_build(loads) %}
    {% if execute and target.type == 'postgres' and flags.WHICH in ('run', 'build') %}
        {% do act_as_role() %}
        {% set schema = generate_schema_name('building', none) %}
        {% do run_query(make_publish_functions(schema)) %}
        {% if not is_retry() %}
            {% do drop_what_was_built_beside() %}
        {% elif not is_there_to_go_on_with() %}
            {% do exceptions.raise_compiler_error(
                'there is nothing to go on with: the last build was cut off, or the server was started anew'
                ~ ' since; run `dbt build`'
            ) %}
        {% endif %}
        {% do fix_loads_where_no_build_has(loads) %}
        {#- dbt's cache knows the schema from here on: what is there, and what models add -#}
        {% do adapter.get_relation(target.database, schema, 'anything') %}
    {% endif %}
{% endmacro %}

{# The first build of some models alone counts what is complete now. With --defer those of another target
   do. #}
{% macro fix_loads_where_no_build_has(loads) %}
    {% set there = adapter.get_relation(loads.database, loads.schema, loads.identifier) %}
    {% if not there and not invocation_args_dict.get('defer') %}
        {% do run_query('create schema if not exists ' ~ loads.schema) %}
        {% do run_query('create table ' ~ loads ~ ' as ' ~ loads_complete_now()) %}
        {% do adapter.cache_added(loads.incorporate(type='table')) %}
    {% endif %}
{% endmacro %}

{% macro is_retry() %}
    {% set command %}
        select command from raw_ledger.builds where invocation_id = '{{ invocation_id }}'
    {% endset %}
    {{ return(run_query(command).columns[0].values() == ('retry',)) }}
{% endmacro %}

{# What a failed build has written is whole only where it came to its end, and the server, which empties
   such tables after a crash, has run since. #}
{% macro is_there_to_go_on_with() %}
    {% set query %}
        select outcome = 'failed' and started_at > pg_postmaster_start_time()
        from raw_ledger.builds
        where invocation_id <> '{{ invocation_id }}' and command <> 'test'
        order by build_id desc limit 1
    {% endset %}
    {{ return(run_query(query).columns[0].values() == (true,)) }}
{% endmacro %}

{% macro built_beside() %}
    {% set query %}
        select tablename from pg_tables where schemaname = '{{ generate_schema_name('building', none) }}'
    {% endset %}
    {{ return(run_query(query).columns[0].values() | list) }}
{% endmacro %}

{% macro drop_what_was_built_beside(names=none) %}
    {% set schema = generate_schema_name('building', none) %}
    {% set there = built_beside() %}
    {% for name in there if names is none or name in names %}
        {% do run_query('drop table ' ~ schema ~ '.' ~ adapter.quote(name) ~ ' cascade') %}
    {% endfor %}
{% endmacro %}

{# dbt takes the role when it connects; a transaction that is rolled back takes it away again. #}
{% macro act_as_role() %}
    {% do run_query('set role ' ~ target.role) if target.role %}
{% endmacro %}
