-- One row an image that has a label
select
    photo_id,
    file_path,
    label,
    requested_at,
    labelled_at
from {{ ref('int_classification__requests') }}
where state = 'labelled'
