-- Replies that label an image, or why they do not; of several for one image the last counts
with asked as (
    select distinct photo_id from {{ ref('stg_classification__requests') }}
),

matched as (
    select
        replies.origin,
        replies.run_id,
        replies.reply_number,
        replies.turn,
        replies.photo_id,
        replies.label,
        replies.received_at,
        replies.raw_text,
        case
            when replies.reason is not null then replies.reason
            when asked.photo_id is null then 'photo_id was never asked for'
        end as reason
    from {{ ref('stg_classification__replies') }} as replies
    left join asked on replies.photo_id = asked.photo_id
    left join {{ ref('int_classification__withdrawn') }} as withdrawn on replies.photo_id = withdrawn.photo_id
    where withdrawn.photo_id is null
)

select
    matched.*,
    reason is null
    and row_number() over (
        partition by photo_id, case when reason is null then 0 else 1 end
        order by run_id desc, reply_number desc
    ) > 1 as is_duplicate
from matched
