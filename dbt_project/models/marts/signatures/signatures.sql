-- One row a signature, images and strokes alike
select
    signature_id,
    signee_id,
    source,
    medium,
    is_forgery,
    reference_signee_id,
    reference_signature_id,
    sample_number,
    point_count,
    origin as source_path,
    asset_id
from {{ ref('int_signatures__signatures') }}
