-- What became of each image that was asked for: labelled, rejected or still awaited
with requests as (
    select * from {{ ref('stg_classification__requests') }}
),

asked as (
    select
        photo_id,
        count(*) as times_requested,
        min(turn) as first_turn,
        max(turn) as last_turn
    from requests
    group by photo_id
),

labels as (
    select
        photo_id,
        label,
        received_at,
        turn
    from {{ ref('int_classification__replies') }}
    where reason is null and not is_duplicate
),

-- A label answers the last request before it
answered as (
    select
        labels.photo_id,
        max(requests.turn) as turn
    from labels
    inner join requests on labels.photo_id = requests.photo_id and labels.turn > requests.turn
    group by labels.photo_id
),

refused as (
    select
        photo_id,
        max(turn) as turn
    from {{ ref('int_classification__replies') }}
    where reason is not null
    group by photo_id
),

states as (
    select
        asked.photo_id,
        contents.file_path,
        contents.file_gone_since,
        asked.times_requested,
        labels.label,
        labels.received_at as labelled_at,
        case
            when labels.photo_id is null then asked.last_turn
            else coalesce(answered.turn, asked.first_turn)
        end as turn,
        case
            when labels.photo_id is not null then 'labelled'
            when contents.file_gone_since is not null or refused.turn > asked.last_turn then 'rejected'
            when given_up.photo_id is not null then 'rejected'
            else 'awaiting'
        end as state
    from asked
    inner join {{ ref('int_classification__contents') }} as contents on asked.photo_id = contents.photo_id
    left join labels on asked.photo_id = labels.photo_id
    left join answered on asked.photo_id = answered.photo_id
    left join refused on asked.photo_id = refused.photo_id
    left join {{ ref('int_classification__given_up') }} as given_up on asked.photo_id = given_up.photo_id
)

select
    states.*,
    requests.requested_at
from states
inner join requests on states.photo_id = requests.photo_id and states.turn = requests.turn
