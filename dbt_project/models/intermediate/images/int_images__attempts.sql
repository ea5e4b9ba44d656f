-- Every attempt that counts, judged: the first of each content is the image, the others duplicates.
-- Judged again is what may be another one now: contents of runs that are new here or count no more,
-- and of images taken down. The bytes are not looked at.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['run_id', 'draw'],
    post_hook="{{ delete_attempts_that_do_not_count() }}",
    indexes=[{'columns': ['run_id', 'draw'], 'unique': true}, {'columns': ['sha256']}, {'columns': ['image_id']}]
) }}
{%- set attempts, draws = ref('stg_images__attempts'), ref('stg_images__draws') %}
{%- set take_downs = ref('stg_images__take_downs') %}

with to_judge as (
    select attempts.*
    from {{ attempts }} as attempts
    {% if is_incremental() %}
    where
        {{ is_one_of('attempts.run_id', runs_not_judged(draws)) }}
        and not exists (
            select 1 from {{ this }} as judged
            where judged.run_id = attempts.run_id and judged.draw = attempts.draw
        )

    union

    select *
    from {{ attempts }}
    where {{ is_one_of('sha256', contents_to_judge(attempts, draws, take_downs)) }}
    {% endif %}
),

placed as (
    select
        *,
        row_number() over (partition by kind, sha256, reason order by run_id, draw) as nth
    from to_judge
)

select
    placed.run_id,
    placed.draw,
    placed.origin,
    placed.url,
    placed.title,
    placed.attempted_at,
    placed.sha256,
    placed.reason,
    placed.detail,
    placed.reason is null and placed.nth > 1 as is_duplicate,
    image_ids.image_id
from placed
left join {{ ref('int_images__image_ids') }} as image_ids
    on
        placed.kind = image_ids.kind
        and placed.sha256 = image_ids.sha256
        and placed.reason is null
        and placed.nth = 1
