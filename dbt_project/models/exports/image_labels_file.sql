select
    photo_id,
    file_path,
    label,
    requested_at,
    labelled_at
from {{ ref('image_labels') }}
