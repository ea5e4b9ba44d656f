select
    photo_id,
    file_path,
    label,
    requested_at,
    labelled_at,
    file_gone_since
from {{ ref('image_labels') }}
