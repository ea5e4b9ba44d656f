-- Every time that an image was given up: the broker refused it, or no answer came to several requests
select
    outcomes.photo_id,
    {{ turn('outcomes') }} as turn,
    case outcomes.outcome
        when 'refused' then 'is refused by the broker'
        when 'no answer' then outcomes.detail
    end as reason,
    outcomes.detail
from {{ source('classification', 'outcomes') }} as outcomes
inner join {{ ref('stg_classification__origins') }} as origins on outcomes.origin_id = origins.origin_id
where
    outcomes._dlt_load_id in {{ completed_loads('classification') }}
    and origins.counts
    and outcomes.outcome in ('refused', 'no answer')
