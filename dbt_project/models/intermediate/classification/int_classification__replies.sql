-- Replies with the image they label, or why they label none; of several for one image the last counts
with asked as (
    select distinct photo_id from {{ ref('stg_classification__requests') }}
),

images as (
    select
        photo_id,
        file_path
    from {{ ref('int_classification__images') }}
    where reason is null and not is_duplicate
),

matched as (
    select
        replies.origin,
        replies.run_id,
        replies.reply_number,
        replies.photo_id,
        images.file_path,
        replies.label,
        replies.received_at,
        replies.raw_text,
        case
            when replies.reason is not null then replies.reason
            when asked.photo_id is null then 'photo_id was never asked for'
            when images.photo_id is null then 'the image is not in its file any more'
        end as reason
    from {{ ref('stg_classification__replies') }} as replies
    left join asked on replies.photo_id = asked.photo_id
    left join images on replies.photo_id = images.photo_id
)

select
    matched.*,
    reason is null
    and row_number() over (
        partition by photo_id, case when reason is null then 0 else 1 end
        order by received_at desc, run_id desc, reply_number desc
    ) > 1 as is_duplicate
from matched
