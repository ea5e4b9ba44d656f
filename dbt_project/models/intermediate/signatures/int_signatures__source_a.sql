-- Every file that its name tells of: the signature that it is, or why it is none
{%- set signature = 'source, medium, is_forgery, local_id, reference_local_id, sample_number' %}

with read_files as (
    select
        names.*,
        strokes.point_count,
        strokes.fault_line,
        strokes.fault_text,
        coalesce(names.reason, strokes.reason) as own_reason
    from {{ ref('stg_signatures__names') }} as names
    left join {{ ref('int_signatures__strokes') }} as strokes
        on names.source = strokes.source and names.path = strokes.path and names.load_id = strokes.load_id
),

claims as (
    select
        *,
        min(sha256) over (partition by own_reason is null, {{ signature }}) as one_content,
        max(sha256) over (partition by own_reason is null, {{ signature }}) as other_content,
        row_number() over (partition by own_reason is null, {{ signature }} order by origin) as claim
    from read_files
),

told as (
    select
        *,
        case
            when own_reason is not null then own_reason
            when one_content <> other_content
                then 'another file with other content claims to be this signature'
        end as told_reason
    from claims
),

originals as (
    select distinct
        source,
        medium,
        local_id
    from told
    where not is_forgery and told_reason is null
)

select
    told.source,
    told.layout,
    told.origin,
    told.path,
    told.medium,
    told.holds,
    told.is_forgery,
    told.local_id,
    told.reference_local_id,
    told.sample_number,
    told.sha256,
    told.point_count,
    told.is_misnamed,
    told.fault_line,
    told.fault_text,
    told.run_id,
    told.load_id,
    case
        when told.told_reason is not null then told.told_reason
        when told.is_forgery and originals.local_id is null
            then 'its original, signee ' || told.reference_local_id || ', has no accepted genuine signature'
    end as reason,
    told.told_reason is null and told.claim > 1
    and (not told.is_forgery or originals.local_id is not null) as is_duplicate
from told
left join originals
    on
        told.source = originals.source
        and told.medium = originals.medium
        and told.reference_local_id = originals.local_id
