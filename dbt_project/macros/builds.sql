{# The ledger row of this build ends: published where nothing failed. The plugin began it. #}
{% macro end_build(results) %}
    {% if execute and target.type == 'postgres' and flags.WHICH in ('run', 'build', 'test', 'retry', 'seed', 'snapshot') %}
        {% set failed = [] %}
        {% for result in results if result.status in ('error', 'fail', 'runtime error') %}
            {% do failed.append(result.node.name) %}
        {% endfor %}
        {% set told = (failed | join(', '))[:1000] | replace("'", "''") %}
        {% do run_query(
            "update raw_ledger.builds set finished_at = clock_timestamp(), outcome = '"
            ~ ('failed' if failed else 'published') ~ "', message = nullif('" ~ told ~ "', '')"
            ~ " where invocation_id = '" ~ invocation_id ~ "'"
        ) %}
    {% endif %}
{% endmacro %}
