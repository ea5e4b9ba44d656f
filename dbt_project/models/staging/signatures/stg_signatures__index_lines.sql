-- The lines of each INDEX as it is now; a carriage return before the line feed is none of them
select
    files.source,
    files.layout,
    files.origin,
    lines.line,
    trim(trailing chr(13) from {{ ascii_text('lines.raw_bytes') }}) as line_text
from {{ source('signatures', 'index_lines') }} as lines
inner join {{ ref('stg_signatures__files') }} as files
    on
        lines.origin_id = files.origin_id
        and lines.run_id = files.run_id
        and {{ is_indexed('files.layout') }}
        and files.path = {{ told_of_index('files.layout', 'file') }}
where lines._dlt_load_id in {{ completed_loads('signatures') }}
