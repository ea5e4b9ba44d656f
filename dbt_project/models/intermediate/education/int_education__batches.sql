-- Batches with whether a later reply tells the same id anew
select
    batches.*,
    row_number() over (
        partition by batch_id order by run_id desc, page desc, position desc
    ) > 1 as is_duplicate
from {{ ref('stg_education__batches') }} as batches
