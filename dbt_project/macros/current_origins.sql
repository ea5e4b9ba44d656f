{# What is known of each origin of a source: its last row, by the run's number, never by a clock. By a
   maximum: what stands on a window function is read on one core. #}
{% macro current_origins(source_name) -%}
select
    events.origin_id,
    events.record_table,
    events.origin,
    events.kind,
    events.records,
    events.landed_at,
    events.counts,
    events.because,
    events.since_run_id,
    events.changed_at
from {{ source(source_name, 'origins') }} as events
inner join (
    select
        origin_id,
        max({{ turn('earlier', 'event') }}) as turn
    from {{ source(source_name, 'origins') }} as earlier
    where _dlt_load_id in {{ completed_loads(source_name) }}
    group by origin_id
) as latest on events.origin_id = latest.origin_id and {{ turn('events', 'event') }} = latest.turn
where events._dlt_load_id in {{ completed_loads(source_name) }}
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
