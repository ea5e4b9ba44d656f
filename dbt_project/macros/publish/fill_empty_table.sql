{# Fills a table without rows: keys and indexes after them, which is several times as fast. They are those
   of the table that was built beside it; foreign keys are added when all tables are filled. #}
{% macro fill_empty_table_function(schema) %}
create or replace function {{ schema }}.fill_empty_table(relation regclass, new regclass, filled_by text)
returns void language plpgsql as $function$
declare
    kept text[] := array(  -- what somebody added
        select pg_get_indexdef(indexrelid) from pg_index
        where
            indrelid = relation and not exists (select from pg_constraint where conindid = indexrelid)
            and substring(pg_get_indexdef(indexrelid) from ' USING .*') not in (select {{ schema }}.indexes_of(new))
    );
    one text;
begin
    for one in
        select format('alter table %s drop constraint %I cascade', relation, conname)
        from pg_constraint where conrelid = relation and contype in ('p', 'u', 'c', 'f')
    loop
        execute one;
    end loop;
    for one in
        select format('drop index %s', indexrelid::regclass) from pg_index where indrelid = relation
    loop
        execute one;
    end loop;
    for one in
        select format('alter table %s alter column %I drop not null', relation, attname)
        from pg_attribute where attrelid = relation and attnum > 0 and attnotnull and not attisdropped
    loop
        execute one;
    end loop;
    execute filled_by;
    for one in
        select format('alter table %s add %s', relation, pg_get_constraintdef(oid))
        from pg_constraint where conrelid = new and contype in ('p', 'u', 'c')
        union all
        select format('alter table %s alter column %I set not null', relation, attname)
        from pg_attribute where attrelid = new and attnum > 0 and attnotnull and not attisdropped
        union all
        select format(
            'create %s index on %s %s', case when indisunique then 'unique' end, relation,
            substring(pg_get_indexdef(indexrelid) from ' USING .*')
        )
        from pg_index
        where indrelid = new and not exists (select from pg_constraint where conindid = indexrelid)
        union all
        select unnest(kept)
    loop
        execute one;
    end loop;
    execute format('analyze %s', relation);
end
$function$;
{% endmacro %}
