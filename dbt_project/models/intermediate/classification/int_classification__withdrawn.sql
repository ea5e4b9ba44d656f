-- Images asked for that went with their folder: none that counts holds or held them
select
    requests.photo_id,
    count(*) as times_requested
from {{ ref('stg_classification__requests') }} as requests
left join {{ ref('int_classification__contents') }} as contents on requests.photo_id = contents.photo_id
where contents.photo_id is null
group by requests.photo_id
