-- Forgeries whose reference forges others itself, belongs elsewhere, or is not the signee of the
-- signature that they imitate. A registered signee may sign on paper and on a tablet.
select forgeries.signature_id
from {{ ref('signatures') }} as forgeries
left join {{ ref('signees') }} as originals on forgeries.reference_signee_id = originals.signee_id
left join {{ ref('signatures') }} as imitated on forgeries.reference_signature_id = imitated.signature_id
where
    forgeries.is_forgery
    and (
        originals.signee_id is null
        or originals.is_forger
        or originals.source <> forgeries.source
        or (originals.medium <> forgeries.medium and forgeries.source <> 'REGISTERED')
        or imitated.is_forgery
        or imitated.signee_id <> originals.signee_id
    )
