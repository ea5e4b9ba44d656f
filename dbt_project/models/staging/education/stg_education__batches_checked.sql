-- Every object of the batches API, with its first fault, if any
select
    pages.origin,
    pages.run_id,
    pages.read_at,
    batches._dlt_load_id as load_id,
    batches.page,
    batches.position,
    'page ' || batches.page || ' of load ' || batches._dlt_load_id
    || ', object ' || (batches.position + 1) as place,
    batches.id as batch_id,
    batches.name as batch_name,
    batches.created_at,
    batches.record as raw_text,
    case
        when not {{ is_json_object('batches.record') }} then 'is no JSON object that Postgres can hold'
        when batches.id is null or not {{ matches('batches.id', '^[0-9]{1,18}$') }}
            then 'id is no whole number'
        when batches.name is null or {{ is_blank('batches.name') }} then 'name is blank'
        when {{ json_kind(to_json('batches.record'), 'name') }} <> 'string' then 'name is no string'
        when length(batches.name) > {{ var('longest_name') }}
            then 'name is longer than {{ var('longest_name') }} characters'
        when not {{ is_utc_moment('batches.created_at') }}
            then 'created_at is no moment of the form YYYY-MM-DD HH:MM:SS'
    end as reason
from {{ source('education', 'batches') }} as batches
inner join {{ ref('stg_education__batch_pages') }} as pages
    on batches._dlt_load_id = pages.load_id and batches.page = pages.page
