-- One row a batch, as the API told it last
select
    batch_id,
    batch_name,
    created_at
from {{ ref('int_education__batches') }}
where not is_duplicate
