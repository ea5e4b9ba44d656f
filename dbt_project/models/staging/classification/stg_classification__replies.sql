-- Every reply, with what keeps it from being one, if anything does
select
    broker || '/' || reply_queue as origin,
    run_id,
    reply_number,
    photo_id,
    label,
    received_at,
    case problem
        when 'oversized' then 'is longer than 64 KiB'
        when 'not utf-8' then 'is not UTF-8'
        when 'nul' then 'contains a NUL character'
        when 'not json' then 'is not JSON'
        when 'key twice' then 'gives a key twice'
        when 'not an object' then 'is no JSON object'
        when 'no photo_id' then 'has no photo_id'
        when 'photo_id' then 'photo_id is no integer of 64 bits'
        when 'no label' then 'has no label'
        when 'label' then 'label is no text'
        when 'blank label' then 'label is blank'
    end as reason,
    {{ bytes_to_text('body', 'is_text') }} as raw_text
from {{ source('classification', 'replies') }}
where _dlt_load_id in {{ completed_loads('classification') }}
