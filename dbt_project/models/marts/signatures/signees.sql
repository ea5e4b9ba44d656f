-- One row a signee: whoever wrote at least one published signature
select distinct
    signee_id,
    source,
    signee_medium as medium,
    is_forgery as is_forger,
    local_id
from {{ ref('int_signatures__signatures') }}
