{# The statements that bring back the views that stand on a relation, the nearest first, with their
   owners, and the rights on them and on the relation. #}
{% macro what_stands_on_function(schema) %}
create or replace function {{ schema }}.what_stands_on(relation regclass) returns setof text
language sql as $function$
    with recursive standing (oid, depth) as (
        select relation::oid, 0
        union
        select pg_rewrite.ev_class, standing.depth + 1
        from standing
        inner join pg_depend
            on pg_depend.refclassid = 'pg_class'::regclass and pg_depend.refobjid = standing.oid
        inner join pg_rewrite on pg_depend.classid = 'pg_rewrite'::regclass and pg_depend.objid = pg_rewrite.oid
        where pg_rewrite.ev_class <> standing.oid
    ),
    relations as (
        select pg_class.oid, relacl, relowner, relkind, max(standing.depth) as depth
        from standing inner join pg_class on standing.oid = pg_class.oid
        group by pg_class.oid
    ),
    statements (depth, nth, statement) as (
        select depth, 0, format('create %s %s as %s', kind, oid::regclass, pg_get_viewdef(oid))
        from relations inner join (values ('v', 'view'), ('m', 'materialized view')) as kinds (code, kind)
            on relkind = code::"char"
        where depth > 0
        union all
        select depth, 1, format('alter table %s owner to %s', oid::regclass, relowner::regrole)
        from relations where depth > 0
        union all
        select depth, 2, format(
            'grant %s on %s to %s', privilege_type, oid::regclass,
            case grantee when 0 then 'public' else grantee::regrole::text end
        )
        from relations cross join lateral aclexplode(relacl) where grantee <> relowner
    )
    select statement from statements order by depth, nth
$function$;
{% endmacro %}

{# Drops what bears a name, makes it as told, and brings back what stood on it. #}
{% macro replace_relation_function(schema) %}
create or replace function {{ schema }}.replace_relation(relation regclass, made_by text) returns void
language plpgsql as $function$
declare
    statements text[] := array(select {{ schema }}.what_stands_on(relation));
    kind text := (select case relkind when 'v' then 'view' else 'table' end from pg_class where oid = relation);
begin
    execute format('drop %s %s cascade', kind, relation);
    execute made_by;
    perform {{ schema }}.bring_back(statements);
end
$function$;
create or replace function {{ schema }}.bring_back(statements text[]) returns void
language plpgsql as $function$
declare
    one text;
begin
    foreach one in array statements loop
        begin
            execute one;
        exception
            when duplicate_table then
                null; -- it never went
            when undefined_column or undefined_table or undefined_function or datatype_mismatch then
                raise warning 'gone, its columns are not there any more: %', split_part(one, ' as ', 1);
            when insufficient_privilege then
                raise warning 'only its owner can: %', one;
        end;
    end loop;
end
$function$;
{% endmacro %}
