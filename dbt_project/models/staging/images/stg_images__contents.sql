-- The bytes of every image that was fetched and not taken down, once each
select
    _dlt_load_id as load_id,
    sha256,
    format,
    width,
    height,
    mode,
    frames,
    orientation,
    is_one_colour,
    content
from {{ source('images', 'contents') }}
where _dlt_load_id in {{ completed_loads('images') }}
