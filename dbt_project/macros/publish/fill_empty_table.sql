{# Fills a table without rows: keys and indexes after them, which is several times as fast. They are those
   of the table that was built beside it; foreign keys are added when all tables are filled. #}
{% macro fill_empty_table_function(schema) %}
create or replace function {{ schema }}.fill_empty_table(relation regclass, new regclass, filled_by text)
returns void language plpgsql as $function$
declare
    one text;
begin
    for one in
        select format('alter table %s drop constraint %I cascade', relation, conname)
        from pg_constraint where conrelid = relation and contype in ('p', 'u', 'c', 'f')
    loop
        execute one;
    end loop;
    for one in select format('drop index %s', indexrelid::regclass) from pg_index where indrelid = relation
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
    loop
        execute one;
    end loop;
    execute format('analyze %s', relation);
end
$function$;
{% endmacro %}

{# Gives a table without rows the columns of another one. Views stay, but for those that show a column
   which goes or changes its type; those are made again where they can be. #}
{% macro give_columns_function(schema) %}
create or replace function {{ schema }}.give_columns(relation regclass, new regclass) returns void
language plpgsql as $function$
declare
    statements text[] := array(select {{ schema }}.what_stands_on(relation));
    one record;
begin
    for one in
        select
            quote_ident(coalesce(old.attname, new.attname)) as name, old.attname is not null as goes,
            format_type(new.atttypid, new.atttypmod) as comes_as,
            case new.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end
                as storage
        from (select * from pg_attribute where attrelid = relation and attnum > 0 and not attisdropped) as old
        full join (select * from pg_attribute where attrelid = give_columns.new and attnum > 0 and not attisdropped)
            as new
            on old.attname = new.attname and old.atttypid = new.atttypid and old.atttypmod = new.atttypmod
            and old.attstorage = new.attstorage
        where old.attname is null or new.attname is null
        order by goes desc
    loop
        if one.goes then
            execute format('alter table %s drop column %s cascade', relation, one.name);
        else
            execute format('alter table %s add column %s %s', relation, one.name, one.comes_as);
            execute format('alter table %s alter column %s set storage %s', relation, one.name, one.storage);
        end if;
    end loop;
    perform {{ schema }}.bring_back(statements);
end
$function$;
{% endmacro %}
