-- Images that were given up, and neither labelled nor asked for again since
with given_up as (
    select
        *,
        row_number() over (partition by photo_id order by turn desc) as age
    from {{ ref('stg_classification__outcomes') }}
),

asked as (
    select
        photo_id,
        max(turn) as turn
    from {{ ref('stg_classification__requests') }}
    group by photo_id
),

labelled as (
    select distinct photo_id
    from {{ ref('stg_classification__replies') }}
    where reason is null
)

select
    given_up.photo_id,
    given_up.turn,
    given_up.reason,
    given_up.detail
from given_up
inner join asked on given_up.photo_id = asked.photo_id
left join labelled on given_up.photo_id = labelled.photo_id
where given_up.age = 1 and given_up.turn >= asked.turn and labelled.photo_id is null
