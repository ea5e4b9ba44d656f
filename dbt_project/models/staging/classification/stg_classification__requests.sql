-- Every time that a label was asked for, of a queue that counts
select
    requests.photo_id,
    requests.requested_at,
    {{ turn('requests') }} as turn
from {{ source('classification', 'requests') }} as requests
inner join {{ ref('stg_classification__origins') }} as origins on requests.origin_id = origins.origin_id
where requests._dlt_load_id in {{ completed_loads('classification') }} and origins.counts
