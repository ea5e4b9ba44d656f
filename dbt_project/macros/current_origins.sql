{# What is known of each origin of a source: its last row, by the run's number, never by a clock. #}
{% macro current_origins(source_name) -%}
select
    origin_id,
    record_table,
    origin,
    kind,
    records,
    landed_at,
    counts,
    because,
    since_run_id,
    changed_at
from (
    {{ last_of_each(
        source(source_name, 'origins'), 'origin_id', 'run_id desc, event desc',
        '_dlt_load_id in ' ~ completed_loads(source_name)
    ) }}
) as latest
{%- endmacro %}

{# What `marts.origins` shows of them. #}
{% macro published_origins(source_name) -%}
select
    record_table,
    origin,
    kind,
    records,
    landed_at,
    counts,
    because,
    since_run_id,
    changed_at
from {{ ref('stg_' ~ source_name ~ '__origins') }}
{%- endmacro %}
