{{ config(group='classification') }}
-- What the sender counted, against the images asked for and the labels published. A label that came
-- twice would make the labels too many, one that was lost too few.
with sent as (
    select coalesce(sum(requests_made), 0) as total from {{ ref('stg_classification__pages') }}
),

withdrawn as (
    select coalesce(sum(times_requested), 0) as total from {{ ref('int_classification__withdrawn') }}
),

states as (
    select
        coalesce(sum(times_requested), 0) as requests,
        count(case when state = 'labelled' then 1 end) as labelled
    from {{ ref('image_requests') }}
),

labels as (
    select count(*) as total from {{ ref('image_labels') }}
),

replies as (
    select count(distinct photo_id) as total
    from {{ ref('int_classification__replies') }}
    where reason is null
)

select
    sent.total as sent,
    withdrawn.total as withdrawn,
    states.requests,
    states.labelled,
    labels.total as labels,
    replies.total as images_replied_for
from sent
cross join withdrawn
cross join states
cross join labels
cross join replies
where
    sent.total <> states.requests + withdrawn.total
    or labels.total <> states.labelled
    or labels.total <> replies.total
