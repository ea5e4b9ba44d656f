{# One of the three tables that each source publishes, of all of them: `kind` is `origins`,
   `reconciliation` or `rejected_records`. `relations`, by source, are some of them; by default all. #}
{% macro union_of_sources(kind, columns, relations=none) -%}
{%- for source in relations or var('sources') %}
select
    '{{ source }}' as source,
    {{ columns | join(',\n    ') }}
from {{ relations[source] if relations else ref('int_' ~ source ~ '__' ~ kind) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{%- endmacro %}

{# Where a source fails before it was ever published, dbt skips the views that unite all. Analysts get
   those of the others, until a build in which it passes. #}
{% macro unite_what_is_published(results) %}
    {% for result in results if result.status == 'skipped' and result.node.fqn[1:3] == ['marts', 'warehouse'] %}
        {% set node, kind = result.node, result.node.name | replace('ingest_', '') %}
        {% if kind in united() and not adapter.get_relation(node.database, node.schema, node.alias) %}
            {% set relations = published_of(kind) %}
            {% set columns = node.columns.keys() | reject('equalto', 'source') | list %}
            {% if relations %}
                {% set view = api.Relation.create(node.database, node.schema, node.alias, type='view') %}
                {% do run_query('create view ' ~ view ~ ' as ' ~ union_of_sources(kind, columns, relations)) %}
                {% do adapter.cache_added(view) %}
                {% do apply_grants(view, node.config.grants, should_revoke=false) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% do summarise_what_is_united(results) %}
{% endmacro %}

{# The summary stands on one of these views, so that dbt skips it with them. #}
{% macro summarise_what_is_united(results) %}
    {% for result in results if result.status == 'skipped' and result.node.name == 'rejected_summary' %}
        {% set node = result.node %}
        {% set records = adapter.get_relation(node.database, node.schema, 'rejected_records') %}
        {% if records and not adapter.get_relation(node.database, node.schema, node.alias) %}
            {% set view = api.Relation.create(node.database, node.schema, node.alias, type='view') %}
            {% do run_query('create view ' ~ view ~ ' as ' ~ summary_of_rejects(records)) %}
            {% do apply_grants(view, node.config.grants, should_revoke=false) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{# Such a table of each source that is published, by source. #}
{% macro published_of(kind) %}
    {% set published = {} %}
    {% for source in var('sources') %}
        {% set node = graph.nodes['model.' ~ project_name ~ '.int_' ~ source ~ '__' ~ kind] %}
        {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
        {% do published.update({source: relation}) if relation %}
    {% endfor %}
    {{ return(published) }}
{% endmacro %}
