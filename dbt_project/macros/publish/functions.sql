{# What a build does inside Postgres, as functions of the schema that only builds use. #}
{% macro make_publish_functions(schema) %}
    create schema if not exists {{ schema }};
    {{ columns_of_function(schema) }}
    {{ differences_function(schema) }}
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

{# What differs between a published table and the new one: a line each. Indexes that somebody added to the
   published one are theirs to keep. #}
{% macro differences_function(schema) %}
create or replace function {{ schema }}.shape_of(relation regclass) returns setof text language sql as $function$
    select concat_ws(' ', 'column', attname, format_type(atttypid, atttypmod), attnotnull, attstorage)
    from pg_attribute where attrelid = relation and attnum > 0 and not attisdropped
    union all
    select pg_get_constraintdef(oid) from pg_constraint where conrelid = relation and contype in ('p', 'u', 'c')
$function$;
create or replace function {{ schema }}.indexes_of(relation regclass) returns setof text language sql as $function$
    select substring(pg_get_indexdef(indexrelid) from ' USING .*') from pg_index where indrelid = relation
$function$;
create or replace function {{ schema }}.differences(old regclass, new regclass) returns text[]
language sql as $function$
    select array(
        (select {{ schema }}.shape_of(old) except select {{ schema }}.shape_of(new))
        union
        (select {{ schema }}.shape_of(new) except select {{ schema }}.shape_of(old))
        union
        (select {{ schema }}.indexes_of(new) except select {{ schema }}.indexes_of(old))
    )
$function$;
{% endmacro %}
