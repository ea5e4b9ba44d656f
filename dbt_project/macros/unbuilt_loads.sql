{# Whether a row is of a load that an incremental model does not hold yet. `loads` is a small table
   with a `load_id`; the model needs a `load_id` of its own, with an index. Not by a high-water mark:
   two machines' clocks differ, and a load may be finished after a later one. #}
{% macro is_unbuilt(load_id, loads) -%}
    {{ is_one_of(load_id, unbuilt_loads(loads)) }}
{%- endmacro %}

{% macro unbuilt_loads(loads) -%}
    select loads.load_id
    from {{ loads }} as loads
    {%- if is_incremental() %}
    where not exists (select 1 from {{ this }} as built where built.load_id = loads.load_id)
    {%- endif %}
{%- endmacro %}

{# At the end of a CTE: Postgres works its columns out once, where it would for each use of one. It does
   so for `materialized` as well, but then spills to disk, and on one core alone. #}
{% macro computed_once() -%}
    {{ 'offset 0' if target.type == 'postgres' }}
{%- endmacro %}
