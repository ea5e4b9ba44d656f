-- Every reply of a queue that counts, with what keeps it from being one, if anything does
select
    origins.origin,
    replies.run_id,
    replies.reply_number,
    {{ turn('replies') }} as turn,
    replies.photo_id,
    replies.label,
    replies.received_at,
    case replies.problem
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
    {{ bytes_to_text('replies.body', 'replies.is_text') }} as raw_text
from {{ source('classification', 'replies') }} as replies
inner join {{ ref('stg_classification__origins') }} as origins on replies.origin_id = origins.origin_id
where replies._dlt_load_id in {{ completed_loads('classification') }} and origins.counts
