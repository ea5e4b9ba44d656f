-- The logins of the embedded server. Its superuser has no password and is let in by nobody: only who owns the
-- data folder acts as it, with the server down. Safe to run again. Read in every database that is there.
do $$
declare
    name text;
    routine regprocedure;
begin
    -- An older data folder's login is the superuser that PostgreSQL was made with; it cannot stop being one.
    update pg_authid set rolname = 'postgres', rolpassword = null where oid = 10;

    foreach name in array array['{owner}', 'loader', 'transformer', 'analyst'] loop
        if not exists (select from pg_authid where rolname = name) then
            execute format('create role %I', name);
        end if;
        if name <> '{owner}' then
            execute format('grant %I to {owner} with admin true, inherit true, set true', name);
        end if;
    end loop;
    alter role {owner} login createrole password '{owner_password}';
    alter role analyst login password '{analyst_password}';

    -- What PostgreSQL lets everybody do: write large objects, take advisory locks
    for routine in
        select oid from pg_proc
        where
            pronamespace = 'pg_catalog'::regnamespace
            and proname ~ '^(lo_.+|lowrite|pg_(try_)?advisory_.+)$'
    loop
        execute format('revoke execute on function %s from public', routine);
        execute format('grant execute on function %s to loader, transformer', routine);
    end loop;

    -- What the login of an older data folder made as superuser
    for name in
        select format('schema %I', nspname) from pg_namespace where nspowner = 10 and oid >= 16384
        union all
        select format('table %s', oid::regclass) from pg_class
        where relowner = 10 and oid >= 16384 and relkind in ('r', 'p', 'v', 'm')
            and relnamespace <> 'pg_toast'::regnamespace
        union all
        select format('routine %s', oid::regprocedure) from pg_proc where proowner = 10 and oid >= 16384
        union all
        select format('database %I', datname) from pg_database
        where datname = current_database() and datdba = 10 and oid >= 16384
    loop
        execute format('alter %s owner to {owner}', name);
    end loop;
end
$$;
