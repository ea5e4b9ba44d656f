{# How many of some rejected records there are for each reason, with the first as an example. A macro, for where
   dbt skips the model there is a summary all the same: see `unite_what_is_published`. #}
{% macro summary_of_rejects(records) -%}
with numbered as (
    select
        source,
        record_table,
        reason,
        origin,
        position,
        raw_text,
        count(*) over (partition by source, record_table, reason, origin) as records,
        row_number() over (
            partition by source, record_table, reason, origin order by length(position), position, raw_text
        ) as place
    from {{ records }}
)

select
    source,
    record_table,
    reason,
    origin,
    records,
    position as example_position,
    raw_text as example
from numbered
where place = 1
{%- endmacro %}
