{# What a build does inside Postgres, as functions of the schema that only builds use. #}
{% macro make_publish_functions(schema) %}
    create schema if not exists {{ schema }};
    {{ columns_of_function(schema) }}
    {{ shape_of_function(schema) }}
    {{ what_stands_on_function(schema) }}
    {{ replace_relation_function(schema) }}
    {{ give_columns_function(schema) }}
    {{ fill_empty_table_function(schema) }}
    {{ publish_table_function(schema) }}
    {{ publish_source_function(schema) }}
{% endmacro %}

{# The names of a table's columns, of its primary key's where `of_key`; null where there is none. #}
{% macro columns_of_function(schema) %}
create or replace function {{ schema }}.columns_of(relation regclass, of_key boolean) returns text[]
language sql as $function$
    select array_agg(quote_ident(attname) order by attnum)
    from pg_attribute
    where
        attrelid = relation and attnum > 0 and not attisdropped
        and (
            not of_key
            or attnum = any(
                select unnest(conkey) from pg_constraint where conrelid = relation and contype = 'p'
            )
        )
$function$;
{% endmacro %}

{# Columns, types, keys and indexes of a table: what `create table (like ...)` would copy. #}
{% macro shape_of_function(schema) %}
create or replace function {{ schema }}.shape_of(relation regclass) returns text[] language sql as $function$
    select array(
        select concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attstorage)
        from pg_attribute where attrelid = relation and attnum > 0 and not attisdropped order by attname
    ) || array(
        select pg_get_constraintdef(oid) from pg_constraint
        where conrelid = relation and contype in ('p', 'u', 'c') order by 1
    ) || array(
        select substring(pg_get_indexdef(indexrelid) from ' USING .*') from pg_index
        where indrelid = relation and indexrelid not in (select conindid from pg_constraint) order by 1
    )
$function$;
{% endmacro %}
