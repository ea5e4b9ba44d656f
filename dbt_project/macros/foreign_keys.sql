{# Put back the declared foreign keys that a rebuild took away: Postgres drops the keys that point
   to a table together with it, and `dbt run -s places` rebuilds places alone. #}
{% macro restore_foreign_keys() %}
    {% if execute and target.type == 'postgres' and flags.WHICH in ('run', 'build') %}
        {% for key in declared_foreign_keys() %}
            {% set found = run_query(existing_foreign_key(key)) %}
            {% if found.rows | length == 1 and found.rows[0][0] == 0 %}
                {% do run_query(
                    "alter table " ~ key.child ~ " add foreign key (" ~ key.columns ~ ") references "
                    ~ key.parent ~ " (" ~ key.to_columns ~ ")"
                ) %}
                {% do log("foreign key put back: " ~ key.child ~ " (" ~ key.columns ~ ")", info=true) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{# Every foreign key that a model's contract declares, as names to use in SQL. #}
{% macro declared_foreign_keys() %}
    {% set keys = [] %}
    {% set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | list %}
    {% for node in models %}
        {% for constraint in node.constraints if constraint.type == 'foreign_key' %}
            {# `to` reads ref('places') here, as written #}
            {% set parent = models | selectattr('name', 'equalto', constraint.to.split("'")[1]) | first %}
            {% do keys.append({
                'child': node.schema ~ '.' ~ node.alias,
                'columns': constraint.columns | join(', '),
                'parent': parent.schema ~ '.' ~ parent.alias,
                'to_columns': constraint.to_columns | join(', '),
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}

{# One row where both tables exist: how many foreign keys stand on these columns. #}
{% macro existing_foreign_key(key) %}
    select count(pg_constraint.oid)
    from (select to_regclass('{{ key.child }}') as child, to_regclass('{{ key.parent }}') as parent) as tables
    left join pg_constraint
        on pg_constraint.conrelid = tables.child
        and pg_constraint.confrelid = tables.parent
        and pg_constraint.contype = 'f'
        and (
            select string_agg(attname, ', ' order by position)
            from unnest(pg_constraint.conkey) with ordinality as key (attnum, position)
            inner join pg_attribute on attrelid = pg_constraint.conrelid and pg_attribute.attnum = key.attnum
        ) = '{{ key.columns }}'
    where tables.child is not null and tables.parent is not null
    group by tables.child
{% endmacro %}
