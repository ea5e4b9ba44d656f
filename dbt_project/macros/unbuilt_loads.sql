{# Whether a row is of a load that an incremental model does not hold yet. `loads` is a small table
   with a `load_id`; the model needs a `load_id` of its own, with an index. Not by a high-water mark:
   two machines' clocks differ, and a load may be finished after a later one. #}
{% macro is_unbuilt(load_id, loads) -%}
    {{ return(adapter.dispatch('is_unbuilt')(load_id, loads)) }}
{%- endmacro %}

{% macro default__is_unbuilt(load_id, loads) -%}
    {{ load_id }} in ({{ unbuilt_loads(loads) }})
{%- endmacro %}

{# As an array the loads are known before the scan, so an index on the load id can serve. #}
{% macro postgres__is_unbuilt(load_id, loads) -%}
    {{ load_id }} = any(array({{ unbuilt_loads(loads) }}))
{%- endmacro %}

{% macro unbuilt_loads(loads) -%}
    select loads.load_id
    from {{ loads }} as loads
    {%- if is_incremental() %}
    where not exists (select 1 from {{ this }} as built where built.load_id = loads.load_id)
    {%- endif %}
{%- endmacro %}

{# The keyword that makes Postgres work out a CTE once, where it would for each use of a column. #}
{% macro computed_once() -%}
    {{ 'materialized' if target.type == 'postgres' }}
{%- endmacro %}
