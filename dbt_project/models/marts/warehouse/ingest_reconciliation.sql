-- What each source unit held, and what became of it
{%- for source in var('sources') %}
select
    '{{ source }}' as source,
    record_table,
    origin,
    read,
    accepted,
    rejected,
    duplicate
from {{ ref('int_' ~ source ~ '__reconciliation') }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
