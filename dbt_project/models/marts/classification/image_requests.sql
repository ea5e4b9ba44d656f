-- One row an image that was asked for, and what became of it
select
    photo_id,
    file_path,
    requested_at,
    times_requested,
    state,
    file_gone_since
from {{ ref('int_classification__requests') }}
