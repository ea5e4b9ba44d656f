-- Every origin of every source, whether it counts or not
{%- for source in var('sources') %}
select
    '{{ source }}' as source,
    record_table,
    origin,
    kind,
    records,
    landed_at,
    counts,
    because,
    since_run_id,
    changed_at
from {{ ref('int_' ~ source ~ '__origins') }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
