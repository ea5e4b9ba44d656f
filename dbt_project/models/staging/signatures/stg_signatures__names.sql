-- What the names of SOURCE_A's files say: who signed, whom a forger imitates, which sample
with placed as (
    select
        *,
        case
            when directory in ('Offline/Genuine', 'Offline/Forgeries') then 'offline'
            when directory in ('Online/Genuine', 'Online/Forgeries') then 'online'
        end as medium,
        directory in ('Offline/Forgeries', 'Online/Forgeries') as is_forgery,
        split_part(file_name, '_', 1) as who,
        split_part(split_part(file_name, '_', 2), '.', 1) as sample
    from {{ ref('stg_signatures__files') }}
    where source = 'SOURCE_A'
),

judged as (
    select
        *,
        case
            when problem is not null then problem
            when medium is null
                then 'lies in none of Offline/Genuine, Offline/Forgeries, Online/Genuine, Online/Forgeries'
            when is_forgery and not {{ matches('file_name', '^[0-9]{7}_[0-9]{1,9}[.][^._]+$') }}
                then 'name is not <4 digits of the forger><3 digits of the original>_<sample>.<ending>'
            when not is_forgery and not {{ matches('file_name', '^[0-9]{1,9}_[0-9]{1,9}[.][^._]+$') }}
                then 'name is not <digits of the signee>_<digits of the sample>.<ending>'
            when medium = 'offline' and not {{ matches('lower(file_name)', '[.](png|jpe?g|tiff?|bmp)$') }}
                then 'name does not end in .png, .jpg, .tif or .bmp'
            when medium = 'online' and not {{ matches('lower(file_name)', '[.]hwr$') }}
                then 'name does not end in .hwr'
        end as reason
    from placed
)

select
    origin,
    path,
    medium,
    is_forgery,
    case
        when reason is not null then null
        when is_forgery then {{ without_leading_zeros('substr(who, 1, 4)') }}
        else {{ without_leading_zeros('who') }}
    end as local_id,
    case when reason is null and is_forgery then {{ without_leading_zeros('substr(who, 5, 3)') }} end
        as reference_local_id,
    case when reason is null then cast(sample as integer) end as sample_number,
    sha256,
    run_id,
    load_id,
    reason,
    reason is not null and problem is null as is_misnamed
from judged
