-- The number of each content, given once and for good, to own images and the sample's apart. It is
-- all that is kept of a listing that counts no more: named again, its images have their numbers.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=false,
    indexes=[
        {'columns': ['kind', 'sha256'], 'unique': true},
        {'columns': ['kind', 'image_id'], 'unique': true},
    ]
) }}

with last_numbers as (
    {% if is_incremental() %}
    select
        kind,
        max(image_id) as image_id
    from {{ this }}
    group by kind
    {% else %}
    select
        kind,
        0 as image_id
    from {{ ref('stg_images__origins') }}
    where false
    {% endif %}
),

first_attempts as (
    select
        kind,
        sha256,
        run_id,
        draw,
        row_number() over (partition by kind, sha256 order by run_id, draw) as nth
    from {{ ref('stg_images__attempts') }}
    where reason is null
),

unnumbered as (
    select
        attempts.kind,
        attempts.sha256,
        row_number() over (partition by attempts.kind order by attempts.run_id, attempts.draw)
            as place
    from first_attempts as attempts
    where
        attempts.nth = 1
        and {% if is_incremental() %}not exists (
            select 1 from {{ this }} as numbered
            where numbered.kind = attempts.kind and numbered.sha256 = attempts.sha256
        ){% else %}true{% endif %}
)

select
    cast(unnumbered.kind as {{ dbt.type_string() }}) as kind,
    cast(unnumbered.sha256 as {{ dbt.type_string() }}) as sha256,
    coalesce(last_numbers.image_id, 0) + unnumbered.place as image_id
from unnumbered
left join last_numbers on unnumbered.kind = last_numbers.kind
