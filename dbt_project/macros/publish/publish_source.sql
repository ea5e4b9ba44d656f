{# Publishes the tables of one source, all or none. Returns null, or why it could not be. Foreign keys
   are looked at once all rows are in place. #}
{% macro publish_source_function(schema) %}
create or replace function {{ schema }}.publish_source(tables jsonb, foreign_keys jsonb) returns text
language plpgsql set lock_timeout = '10s' set work_mem = '256MB' as $function$
declare
    one record;
    said text;
    detail text;
begin
    for one in
        select conrelid::regclass as child, conname
        from pg_constraint
        where
            contype = 'f' and not condeferrable
            and conrelid in (select to_regclass(name) from jsonb_to_recordset(tables) as t (name text))
    loop
        execute format('alter table %s alter constraint %I deferrable initially deferred', one.child, one.conname);
    end loop;
    for one in select * from jsonb_to_recordset(tables) as t (name text, new text, gone text) loop
        perform {{ schema }}.publish_table(one.name, one.new, to_regclass(one.gone));
    end loop;
    set constraints all immediate;
    set constraints all deferred;
    for one in
        select * from jsonb_to_recordset(foreign_keys) as t (child text, columns text, parent text, to_columns text)
        where not {{ schema }}.has_foreign_key(child, columns, parent)
    loop
        execute format(
            'alter table %s add foreign key (%s) references %s (%s) deferrable initially deferred',
            one.child, one.columns, one.parent, one.to_columns
        );
    end loop;
    return null;
exception
    when integrity_constraint_violation then
        get stacked diagnostics said = message_text, detail = pg_exception_detail;
        return said || coalesce('. ' || detail, '');
    when lock_not_available or deadlock_detected then
        return 'a reader holds its tables: ' || coalesce({{ schema }}.who_holds(tables), 'it has let go since');
end
$function$;
create or replace function {{ schema }}.who_holds(tables jsonb) returns text language sql as $function$
    select string_agg(distinct format('%s (process %s)', usename, pid), ', ')
    from pg_locks inner join pg_stat_activity using (pid)
    where
        pid <> pg_backend_pid() and granted
        and relation in (select to_regclass(name) from jsonb_to_recordset(tables) as t (name text))
$function$;
create or replace function {{ schema }}.has_foreign_key(child text, columns text, parent text) returns boolean
language sql as $function$
    select to_regclass(child) is null or to_regclass(parent) is null or exists (
        select from pg_constraint
        where
            conrelid = to_regclass(child) and confrelid = to_regclass(parent) and contype = 'f'
            and columns = (
                select string_agg(attname, ', ' order by position)
                from unnest(conkey) with ordinality as key (attnum, position)
                inner join pg_attribute on attrelid = conrelid and pg_attribute.attnum = key.attnum
            )
    )
$function$;
{% endmacro %}
