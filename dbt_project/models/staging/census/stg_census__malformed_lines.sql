-- Lines that are no records, each with the reason
{%- set expected_fields = "case malformed.record_table when 'people' then 4 else 3 end" %}

select
    malformed.record_table,
    files.origin,
    malformed.line,
    case malformed.problem
        when 'nul' then 'contains a NUL character'
        when 'not utf-8' then 'is not UTF-8'
        when 'quotes' then 'its quotes do not match'
        when 'field count'
            then 'has ' || malformed.field_count || ' fields, not ' || {{ expected_fields }}
    end as reason,
    {{ bytes_to_text('malformed.raw_bytes', "malformed.problem in ('field count', 'quotes')") }} as raw_text
from {{ source('census', 'malformed_lines') }} as malformed
inner join {{ ref('stg_census__files') }} as files
    on malformed._dlt_load_id = files.load_id and malformed.origin_id = files.origin_id
