-- What became of each image that was asked for: labelled, rejected or still awaited
with asked as (
    select
        photo_id,
        count(*) as times_requested,
        min(requested_at) as first_requested_at,
        max(requested_at) as last_requested_at
    from {{ ref('stg_classification__requests') }}
    group by photo_id
),

labels as (
    select
        photo_id,
        file_path,
        label,
        received_at
    from {{ ref('int_classification__replies') }}
    where reason is null and not is_duplicate
),

-- The clock may have been set back between the two: then the first request stands
answered as (
    select
        labels.photo_id,
        coalesce(
            max(case when requests.requested_at <= labels.received_at then requests.requested_at end),
            min(requests.requested_at)
        ) as requested_at
    from labels
    inner join {{ ref('stg_classification__requests') }} as requests on labels.photo_id = requests.photo_id
    group by labels.photo_id
),

refused as (
    select
        photo_id,
        max(received_at) as refused_at
    from {{ ref('int_classification__replies') }}
    where reason is not null
    group by photo_id
),

images as (
    select
        photo_id,
        file_path
    from {{ ref('int_classification__images') }}
    where reason is null and not is_duplicate
)

select
    asked.photo_id,
    images.file_path,
    asked.times_requested,
    coalesce(answered.requested_at, asked.last_requested_at) as requested_at,
    labels.label,
    labels.received_at as labelled_at,
    case
        when labels.photo_id is not null then 'labelled'
        when images.photo_id is null or refused.refused_at >= asked.last_requested_at then 'rejected'
        else 'awaiting'
    end as state
from asked
left join labels on asked.photo_id = labels.photo_id
left join answered on asked.photo_id = answered.photo_id
left join refused on asked.photo_id = refused.photo_id
left join images on asked.photo_id = images.photo_id
