-- One row an image that has a label
select
    photo_id,
    file_path,
    label,
    requested_at,
    labelled_at,
    file_gone_since
from {{ ref('int_classification__requests') }}
where state = 'labelled'
