{# The names of what failed, by the source that it belongs to. #}
{% macro failures_by_source(results) %}
    {% set failures = {} %}
    {% for result in results if result.status in ('error', 'fail', 'runtime error') %}
        {% for source in sources_of(result.node) %}
            {% do failures.update({source: [failures[source], result.node.name] | select | join(', ')}) %}
        {% endfor %}
    {% endfor %}
    {{ return(failures) }}
{% endmacro %}

{# The sources that a node speaks of: the one whose folder it is in, else those that it stands on. #}
{% macro sources_of(node) %}
    {% set own = (node.fqn or [])[1:-1] | select('in', var('sources')) | list %}
    {% if own %}
        {{ return(own[:1]) }}
    {% endif %}
    {% set found = [] %}
    {% for parent in node.depends_on.nodes %}
        {% if parent in graph.nodes %}
            {% do found.extend(sources_of(graph.nodes[parent])) %}
        {% elif parent in graph.sources %}
            {% do found.append(graph.sources[parent].source_name) %}
        {% endif %}
    {% endfor %}
    {{ return(found | unique | sort) }}
{% endmacro %}

{# Ends the ledger row of this build; of the sources that it published whole, it tells the loads. #}
{% macro end_ledger_row(results, failures, refused, loads) %}
    {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error'])
        | map(attribute='node.name') | list %}
    {% do failed.extend(refused.values()) %}
    {% set told = (failed | join(', '))[:1000] | replace("'", "''") %}
    {% set built = [] if flags.EMPTY else sources_built(results, failures, refused) | join("', '") %}
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
{% endmacro %}

{# The sources of which this build published every model, from the loads that it fixed. #}
{% macro sources_built(results, failures, refused) %}
    {% set made, built = [], [] %}
    {% for result in results if result.status in ('success', 'pass', 'warn') %}
        {% do made.append(result.node.unique_id) %}
    {% endfor %}
    {% if 'model.research_warehouse.stg_warehouse__loads' in made and target.name == 'warehouse' %}
        {% for source in var('sources') if source not in failures and source not in refused %}
            {% set missing = [] %}
            {% for node in graph.nodes.values() if node.resource_type == 'model' and source in node.fqn[1:3] %}
                {% do missing.append(node.unique_id) if node.unique_id not in made %}
            {% endfor %}
            {% do built.append(source) if not missing %}
        {% endfor %}
    {% endif %}
    {{ return(built) }}
{% endmacro %}
