-- Roles, schemas and grants of the warehouse. Safe to run again: changes nothing that is there. Roles stand in
-- braces, for their names may have a prefix.
-- loader writes raw only; transformer reads raw and owns the rest; analyst reads marts only.
do $$
declare
    role_name text;
    raw_schema text;
begin
    foreach role_name in array array['{loader}', '{transformer}', '{analyst}'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            begin
                execute format('create role %I', role_name);
            exception when duplicate_object or unique_violation then
                null; -- roles belong to the whole server: another database was quicker
            end;
        end if;
        -- Who makes a role may grant it, and has not got it yet.
        if not pg_has_role(current_user, role_name, 'SET') then
            execute format('grant %I to current_user', role_name);
        end if;
    end loop;

    foreach raw_schema in array string_to_array(current_setting('warehouse.raw_schemas'), ',') loop
        if to_regnamespace(raw_schema) is null then
            execute format('create schema %I authorization {loader}', raw_schema);
        end if;
        execute format('grant usage on schema %I to {transformer}', raw_schema);
        execute format('grant select on all tables in schema %I to {transformer}', raw_schema);
        execute format(
            'alter default privileges for role {loader} in schema %I grant select on tables to {transformer}',
            raw_schema
        );
    end loop;

    -- dbt makes its own schemas; those that others enter exist before its first run.
    execute format('grant create on database %I to {transformer}', current_database());
    foreach raw_schema in array array['staging', 'intermediate', 'marts', 'exports'] loop
        if to_regnamespace(raw_schema) is null then
            execute format('create schema %I authorization {transformer}', raw_schema);
        end if;
    end loop;
    grant usage on schema marts to {analyst};

    -- Everybody may make temporary tables unless told otherwise, and an analyst writes nothing.
    execute format('revoke temporary on database %I from public', current_database());
    execute format('grant temporary on database %I to {loader}, {transformer}', current_database());
end
$$;

-- What PostgreSQL lets everybody do unless a superuser says otherwise: write large objects, and take
-- advisory locks. An administrator's part on a server of one's own.
do $$
declare
    function_name regprocedure;
begin
    if (select rolsuper from pg_roles where rolname = current_user) then
        for function_name in
            select oid from pg_proc
            where pronamespace = 'pg_catalog'::regnamespace
            and proname ~ '^(lo_.+|lowrite|pg_(try_)?advisory_.+)$'
        loop
            execute format('revoke execute on function %s from public', function_name);
            execute format(
                'grant execute on function %s to {loader}, {transformer}', function_name
            );
        end loop;
    end if;
end
$$;

create table if not exists raw_ledger.runs (
    run_id bigint generated always as identity primary key,
    source text not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    outcome text not null default 'running',
    units_read bigint not null default 0,
    rows_landed bigint not null default 0,
    message text
);
alter table raw_ledger.runs drop constraint if exists runs_outcome_check;
alter table raw_ledger.runs add constraint runs_outcome_check check (outcome in (
    'running', 'loaded', 'nothing new', 'failed', 'interrupted', 'forgotten', 'pruned', 'taken down'
));
alter table raw_ledger.runs owner to {loader};
grant select on raw_ledger.runs to {transformer};
comment on table raw_ledger.runs is 'One row for each run of a source, also where it found nothing';

create table if not exists raw_ledger.builds (
    build_id bigint generated always as identity primary key,
    invocation_id text not null unique,
    command text not null,
    is_whole boolean not null,
    project_version text not null,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    outcome text not null default 'running'
    check (outcome in ('running', 'published', 'failed', 'interrupted')),
    loads jsonb, -- by source that was built whole: a digest of the loads that counted
    message text
);
comment on table raw_ledger.builds is 'One row for each dbt command that builds or tests';
grant select, insert, update on raw_ledger.builds to {transformer};

-- Locked for the time of a build. A table, not a number: an analyst cannot take it.
create table if not exists raw_ledger.build_lock ();
grant select, insert, update on raw_ledger.build_lock to {transformer};

-- The same for the runs of each source
do $$
declare
    raw_schema text;
    lock_name text;
begin
    foreach raw_schema in array string_to_array(current_setting('warehouse.raw_schemas'), ',') loop
        continue when raw_schema = 'raw_ledger';
        lock_name := replace(raw_schema, 'raw_', 'run_lock_');
        execute format('create table if not exists raw_ledger.%I ()', lock_name);
        execute format('grant select, insert, update on raw_ledger.%I to {loader}', lock_name);
    end loop;
end
$$;

-- Where a number has to do, nobody else knows it
create table if not exists raw_ledger.salt (salt text not null);
insert into raw_ledger.salt select gen_random_uuid()::text where not exists (select from raw_ledger.salt);
grant select on raw_ledger.salt to {loader};
revoke select on raw_ledger.salt from {transformer}; -- who may read all tables of the schema

-- Before there was a row a source, this table held one version of all.
do $$
begin
    if not exists (
        select from information_schema.columns
        where table_schema = 'raw_ledger' and table_name = 'setup' and column_name = 'part'
    ) then
        drop table if exists raw_ledger.setup;
        create table raw_ledger.setup (part text primary key, version text not null);
    end if;
end
$$;
