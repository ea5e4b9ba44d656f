-- What the reader counted while it read, one row a load
select
    folder as images_origin,
    broker || '/' || reply_queue as replies_origin,
    images_read,
    requests_made,
    replies_taken,
    counted_at
from {{ source('classification', 'pages') }}
where _dlt_load_id in {{ completed_loads('classification') }}
