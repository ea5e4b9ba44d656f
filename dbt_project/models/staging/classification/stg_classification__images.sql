-- Every reading of an image file, with the reason why it is not sent, if there is one
select
    folder as origin,
    path as file_path,
    photo_id,
    read_at,
    case problem
        when 'empty' then 'is empty'
        when 'too large' then 'is larger than 16 MiB'
        when 'too many pixels' then 'has more than 50 million pixels'
        when 'undecodable' then 'is no PNG or JPEG image that can be decoded'
        when 'unreadable' then 'cannot be read'
        when 'photo_id taken' then 'shares its photo_id with other content'
    end as reason,
    size_bytes || ' bytes' || coalesce(': ' || detail, '') as raw_text,
    row_number() over (partition by path order by read_at desc, _dlt_load_id desc) = 1 as is_current
from {{ source('classification', 'images') }}
where _dlt_load_id in {{ completed_loads('classification') }}
