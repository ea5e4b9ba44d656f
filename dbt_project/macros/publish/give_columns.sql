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
