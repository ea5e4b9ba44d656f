-- Everything that was landed and is not published, of every source
{%- for source in var('sources') %}
select
    '{{ source }}' as source,
    record_table,
    origin,
    position,
    reason,
    raw_text
from {{ ref('int_' ~ source ~ '__rejected_records') }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
