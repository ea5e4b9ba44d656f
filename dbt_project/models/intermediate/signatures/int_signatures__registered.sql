-- Every registered signature, with its points counted by the same rule as those of files
select
    registered.*,
    strokes.point_count,
    strokes.fault_line,
    strokes.fault_text,
    strokes.reason
from {{ ref('stg_signatures__registered') }} as registered
left join {{ ref('int_signatures__strokes') }} as strokes
    on
        strokes.source = 'REGISTERED'
        and registered.path = strokes.path
        and registered.load_id = strokes.load_id
