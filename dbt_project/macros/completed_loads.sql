{# The load ids of a source that count in this build. A load is complete once dlt wrote `_dlt_loads`;
   one that is completed while a build is under way counts in the next. #}
{% macro completed_loads(source_name) -%}
    (select load_id from {{ ref('stg_warehouse__loads') }} where source = '{{ source_name }}')
{%- endmacro %}

{# Every load that is complete now, of every source. #}
{% macro loads_complete_now() -%}
{% for name in var('sources') -%}
select distinct
    '{{ name }}' as source,
    load_id
from {{ source(name, '_dlt_loads') }}
where status = 0
{%- if not loop.last %}

union all

{% endif %}
{%- endfor %}
{%- endmacro %}

{# Before an incremental model is filled: away with what it holds, in the same transaction. #}
{% macro delete_all_rows() -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    {%- endif -%}
{%- endmacro %}
