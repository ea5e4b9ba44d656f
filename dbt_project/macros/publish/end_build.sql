{# After the last model: of each source whose models and tests all passed, what was built beside the
   published tables is published, in one transaction for all; the others keep theirs, whole. The ledger row
   of this build, which dbt's plugin began, ends. #}
{% macro end_build(results, loads, origins) %}
    {% if execute and target.type == 'postgres' and flags.WHICH in ('run', 'build', 'test') %}
        {% do act_as_role() %}
        {% set failures = failures_by_source(results) %}
        {% set refused = {} %}
        {% if flags.EMPTY %}
            {% do drop_what_was_built_beside() %}
        {% elif flags.WHICH != 'test' %}
            {% do refused.update(publish(failures)) %}
            {% do unite_what_is_published(results) %}
            {% for source, reason in failures.items() %}
                {% do print(source ~ ': not published, its tables stay as they were; failed: ' ~ reason) %}
            {% endfor %}
        {% endif %}
        {% do end_ledger_row(results, failures, refused, loads) %}
        {% do tell_samples(origins) %}
        {% do run_query('commit') %}
        {% if refused %}
            {% set told = [] %}
            {% for source, reason in refused.items() %}
                {% do told.append(source ~ ': not published, its tables stay as they were; ' ~ reason) %}
            {% endfor %}
            {% do exceptions.raise_compiler_error(told | join('\n')) %}
        {% endif %}
    {% endif %}
{% endmacro %}

{# Publishes what was built; returns by source why it could not be. #}
{% macro publish(failures) %}
    {% set there, schema = built_beside(), generate_schema_name('building', none) %}
    {% set by_source, refused, published = {}, {}, [] %}
    {% for node in graph.nodes.values() if is_published(node) and node.alias in there %}
        {% set sources = sources_of(node) %}
        {% if not (sources | select('in', failures) | list) %}
            {% do by_source.setdefault(sources | join(', '), []).append({
                'name': node.schema ~ '.' ~ node.alias, 'new': schema ~ '.' ~ node.alias,
                'gone': schema ~ '.' ~ node.alias ~ '__gone',
            }) %}
        {% endif %}
    {% endfor %}
    {#- one statement, hence one transaction -#}
    {% set calls = [] %}
    {% for source, tables in by_source.items() %}
        {% do calls.append("('" ~ source ~ "', " ~ schema ~ ".publish_source('" ~ tojson(tables) ~ "', '"
            ~ tojson(declared_foreign_keys(tables)) ~ "'))") %}
    {% endfor %}
    {% if calls %}
        {% for source, reason in run_query('values ' ~ calls | join(', ')).rows %}
            {% do refused.update({source: reason}) if reason else published.extend(by_source[source]) %}
        {% endfor %}
    {% endif %}
    {% for table in published %}
        {% do run_query('drop table if exists ' ~ table.new ~ ', ' ~ table.gone ~ ' cascade') %}
    {% endfor %}
    {{ return(refused) }}
{% endmacro %}
