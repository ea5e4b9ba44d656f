-- Every landed record of signatures that is not published, with its one reason
select
    'files' as record_table,
    origin,
    case
        when fault_line is not null then 'line ' || fault_line
        when is_misnamed then 'name'
        else 'file'
    end as position,
    reason,
    coalesce(fault_text, path) as raw_text
from {{ ref('int_signatures__source_a') }}
where reason is not null

union all

select
    'files' as record_table,
    origin,
    'file' as position,
    reason,
    path as raw_text
from {{ ref('int_signatures__source_b_files') }}
where reason is not null

union all

select
    'index_entries' as record_table,
    origin,
    'line ' || line as position,
    reason,
    substr(line_text, 1, 1000) as raw_text
from {{ ref('int_signatures__source_b') }}
where reason is not null

union all

select
    'index_headers' as record_table,
    origin,
    'line 1' as position,
    reason,
    substr(line_text, 1, 1000) as raw_text
from {{ ref('stg_signatures__index_header') }}
where reason is not null

union all

select
    'registered_signatures' as record_table,
    origin,
    coalesce('line ' || fault_line, 'original') as position,
    reason,
    coalesce(fault_text, path) as raw_text
from {{ ref('int_signatures__registered') }}
where reason is not null
