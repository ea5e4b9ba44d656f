{# Writes a model beside the published one: without keys while rows go in, then with all that its
   contract declares but the foreign keys, which point to what is published. Where nothing is published
   yet an empty table is, for views to stand on. #}
{% macro build_beside(sql) %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set new = beside(target_relation) -%}
    {{ run_hooks(pre_hooks if not flags.EMPTY else [], inside_transaction=True) }}

    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        {%- call statement('empty') -%}
            drop table if exists {{ new }} cascade
        {%- endcall -%}
        {%- call statement('main') -%}
            {{ create_table_of_contract(new, sql) }}
        {%- endcall -%}
        {%- do add_keys_of_contract(new) -%}
    {%- else -%}
        {%- call statement('empty') -%} drop table if exists {{ new }} cascade {%- endcall -%}
        {%- call statement('main') -%} create unlogged table {{ new }} as ({{ sql }}) {%- endcall -%}
    {%- endif -%}
    {%- do create_indexes(new) -%}

    {%- if not flags.EMPTY -%}
        {%- call statement('analyze') -%} analyze {{ new }} {%- endcall -%}
        {%- call statement('published') -%}
            {{ make_published_where_there_is_none(new, target_relation) }}
        {%- endcall -%}
        {%- set grants = config.get('grants') -%}
        {%- do apply_grants(target_relation, grants, should_revoke=should_revoke(this, full_refresh_mode=True)) -%}
        {%- do persist_docs(target_relation, model) -%}
        {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- endif -%}
    {{ adapter.commit() }}
    {%- set made = [new] if flags.EMPTY else [new, target_relation] -%}
    {%- if not flags.EMPTY and model.config.materialized == 'incremental' and is_incremental() -%}
        {%- do made.append(beside(target_relation, '__whole').incorporate(type='view')) -%}
    {%- endif -%}
    {{ return({'relations': made}) }}
{% endmacro %}

{% macro make_published_where_there_is_none(new, published) %}
    {%- set made_by = 'create table ' ~ published ~ ' (like ' ~ new ~ ' including all)' %}
    do $make$
    begin
        if to_regclass('{{ published }}') is null then
            {{ made_by }};
        elsif exists (select from pg_class where oid = to_regclass('{{ published }}') and relkind = 'v') then
            perform {{ new.schema }}.replace_relation('{{ published }}', '{{ made_by }}');
        end if;
    end
    $make$
{% endmacro %}
