-- The lines of SOURCE_B's INDEX as it is now; a carriage return before the line feed is none of them
select
    files.origin,
    lines.line,
    trim(trailing chr(13) from {{ ascii_text('lines.raw_bytes') }}) as line_text
from {{ source('signatures', 'index_lines') }} as lines
inner join {{ ref('stg_signatures__files') }} as files
    on
        lines.origin_id = files.origin_id
        and lines.run_id = files.run_id
        and files.source = 'SOURCE_B'
        and files.path = 'INDEX'
where lines._dlt_load_id in {{ completed_loads('signatures') }}
