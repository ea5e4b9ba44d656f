{# Makes a published table equal to the one that was built beside it. What is the same in both is not
   touched: a reader waits for nothing and sees the state before or the one after; views, rights and keys
   stay as they are. `gone`, where a model only adds rows, holds the keys of those to delete. #}
{% macro publish_table_function(schema) %}
create or replace function {{ schema }}.publish_table(name text, new regclass, gone regclass) returns void
language plpgsql as $function$
declare
    names text[] := {{ schema }}.columns_of(new, false);
    keys text[] := {{ schema }}.columns_of(coalesce(gone, new), gone is null);
    columns text := array_to_string(names, ', ');
    published_row text := 'row(published_row.' || array_to_string(names, ', published_row.') || ')';
    built_row text := 'row(built_row.' || array_to_string(names, ', built_row.') || ')';
    added text := format('insert into %s (%s) select %2$s from %s as built_row ', name, columns, new);
    deleted text := format('delete from %s as published_row where ', name);
    is_same text := format('%s is not distinct from %s', published_row, built_row);
    has_rows boolean;
    has_new_rows boolean;
begin
    execute format('select exists (select from %s)', name) into has_rows;
    if {{ schema }}.differences(name, new) <> '{}' then
        if has_rows and gone is not null then
            raise integrity_constraint_violation using message = name || ' changed its columns or keys while it'
                || ' was built: build again',
                detail = array_to_string({{ schema }}.differences(name, new), '; ');
        end if;
        execute deleted || 'true';
        perform {{ schema }}.give_columns(name, new);
        perform {{ schema }}.fill_empty_table(name, new, added);
        return;
    end if;
    execute format('select exists (select from %s)', new) into has_new_rows;
    if not has_rows and not has_new_rows then
        return;
    elsif not has_rows then
        perform {{ schema }}.fill_empty_table(name, new, added);
    elsif gone is not null then
        execute deleted || format('(%s) in (select %1$s from %s)', array_to_string(keys, ', '), gone);
        execute added;
    elsif keys is not null then
        select string_agg(format('built_row.%1$s = published_row.%1$s and ', key), '') || is_same
        into is_same from unnest(keys) as key;
        execute deleted || format('not exists (select from %s as built_row where %s)', new, is_same);
        execute added || format('where not exists (select from %s as published_row where %s)', name, is_same);
    else
        -- Rows may be there more than once: those whose number differs go, and come as often as built. As
        -- text, for rows as such cannot be hashed, and would be compared each with each.
        execute deleted || format(
            '%1$s::text in (
                select whole
                from (select %1$s::text as whole, count(*) as times from %2$s as published_row group by 1) as published
                left join (select %3$s::text as whole, count(*) as times from %4$s as built_row group by 1) as built
                    using (whole)
                where built.times is distinct from published.times
            )', published_row, name, built_row, new
        );
        execute added || format(
            'where not exists (select from %s as published_row where %s::text = %s::text)',
            name, published_row, built_row
        );
    end if;
end
$function$;
{% endmacro %}
