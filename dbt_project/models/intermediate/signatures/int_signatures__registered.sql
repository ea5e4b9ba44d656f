-- Every registered signature: its points counted by the same rule as those of files, and its original
with judged as (
    select
        registered.*,
        strokes.point_count,
        strokes.fault_line,
        strokes.fault_text,
        strokes.reason as own_reason
    from {{ ref('stg_signatures__registered') }} as registered
    left join {{ ref('int_signatures__strokes') }} as strokes
        on
            strokes.source = 'REGISTERED'
            and registered.path = strokes.path
            and registered.load_id = strokes.load_id
),

originals as (
    select
        signee_id,
        signature_id
    from judged
    where own_reason is null and reference_signee_id is null
)

select
    judged.*,
    case
        when judged.own_reason is not null then judged.own_reason
        when
            judged.reference_signature_id is not null
            and judged.reference_signature_id not in (select originals.signature_id from originals)
            then 'its original, signature ' || judged.reference_signature_id || ', is not published'
        when
            judged.reference_signee_id is not null
            and judged.reference_signee_id not in (select originals.signee_id from originals)
            then 'its original, signee ' || judged.reference_signee_id || ', has no published signature'
    end as reason
from judged
