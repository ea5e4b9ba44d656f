-- What the names of files say, by the layout of their dataset: who signed, whom a forger imitates, which
-- sample. Who is not told among the forgers is one unknown forger for each original.
with shaped as (
    select
        *,
        {{ signature_shape('layout', 'path') }} as shape
    from {{ ref('stg_signatures__files') }}
    where source <> 'REGISTERED' and not {{ is_indexed('layout') }}
),

read_names as (
    select
        *,
        {{ told_of_shape('shape', 'medium', 'offline') }} as medium,
        {{ told_of_shape('shape', 'holds', 'image') }} as holds,
        {{ part_of_name('shape', 'path', 'signer') }} as signer,
        {{ part_of_name('shape', 'path', 'original') }} as original,
        cast({{ part_of_name('shape', 'path', 'sample') }} as integer) as sample_number,
        {{ told_of_shape('shape', 'same_people', 'False') }} = 'False' as are_others,
        case
            when problem is not null then problem
            when shape is null then {{ signature_misfit('layout', 'path') }}
        end as reason
    from shaped
)

select
    source,
    layout,
    origin,
    path,
    medium,
    holds,
    reason is null and original is not null and (are_others or signer <> original) as is_forgery,
    case when reason is null then coalesce(signer, 'unknown forger of ' || original) end as local_id,
    case when reason is null and (are_others or signer <> original) then original end as reference_local_id,
    case when reason is null then sample_number end as sample_number,
    sha256,
    run_id,
    load_id,
    reason,
    reason is not null and problem is null as is_misnamed
from read_names
