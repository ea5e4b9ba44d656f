{# The ledger row of this build ends: published where nothing failed. dbt's plugin began it. #}
{% macro end_build(results, loads) %}
    {% if execute and target.type == 'postgres' and flags.WHICH in ('run', 'build', 'test', 'retry', 'seed', 'snapshot') %}
        {% set failed = [] %}
        {% for result in results if result.status in ('error', 'fail', 'runtime error') %}
            {% do failed.append(result.node.name) %}
        {% endfor %}
        {% set told = (failed | join(', '))[:1000] | replace("'", "''") %}
        {% set built = sources_built(results) | join("', '") %}
        {% set update %}
            update raw_ledger.builds
            set
                finished_at = clock_timestamp(),
                outcome = '{{ 'failed' if failed else 'published' }}',
                message = nullif('{{ told }}', '')
                {%- if built %},
                loads = (
                    select jsonb_object_agg(sources.source, sources.digest)
                    from (
                        select source, md5(string_agg(load_id, ',' order by load_id)) as digest
                        from {{ loads }}
                        where source in ('{{ built }}')
                        group by source
                    ) as sources
                )
                {%- endif %}
            where invocation_id = '{{ invocation_id }}'
        {% endset %}
        {% do run_query(update) %}
    {% endif %}
{% endmacro %}

{# The sources of which this build made every model from the loads that it fixed, and nothing failed. #}
{% macro sources_built(results) %}
    {% set made, spoilt, built = [], [], [] %}
    {% for result in results %}
        {% if result.status in ('success', 'pass', 'warn') %}
            {% do made.append(result.node.unique_id) %}
        {% elif result.status in ('error', 'fail', 'runtime error', 'skipped') %}
            {% do spoilt.append(result.node.fqn | join('.')) %}
        {% endif %}
    {% endfor %}
    {% if 'model.research_warehouse.stg_warehouse__loads' in made %}
        {% for source in var('sources') %}
            {% set missing = [] %}
            {% for node in graph.nodes.values() if node.resource_type == 'model' and source in node.fqn[1:3] %}
                {% if node.unique_id not in made %}
                    {% do missing.append(node.unique_id) %}
                {% endif %}
            {% endfor %}
            {% set spoils = [] %}
            {% for name in spoilt if '.' ~ source ~ '.' in name %}
                {% do spoils.append(name) %}
            {% endfor %}
            {% if not missing and not spoils %}
                {% do built.append(source) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(built) }}
{% endmacro %}
