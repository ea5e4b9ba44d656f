-- Accepted signatures of every way in, in one shape and with their ids
{%- set told_by_name = 'source, layout, medium, is_forgery, local_id, reference_local_id, sample_number' %}

with files as (
    select
        {{ told_by_name }},
        cast(null as {{ dbt.type_string() }}) as parent,
        point_count,
        origin,
        path,
        case when holds = 'image' then sha256 end as asset_id,
        run_id,
        load_id
    from {{ ref('int_signatures__source_a') }}
    where reason is null and not is_duplicate

    union all

    select
        source,
        layout,
        {{ told_of_index('layout', 'medium') }} as medium,
        parent is not null as is_forgery,
        uuid as local_id,
        parent as reference_local_id,
        cast(null as integer) as sample_number,
        parent,
        cast(null as integer) as point_count,
        source || '/' || file_path as origin,
        file_path as path,
        sha256 as asset_id,
        run_id,
        load_id
    from {{ ref('int_signatures__source_b') }}
    where reason is null and not is_repeated
)

select
    {{ signature_key('is_forgery', 'local_id', "coalesce(reference_local_id, '')") }} as signature_id,
    {{ signee_key('is_forgery', 'local_id') }} as signee_id,
    source,
    layout,
    medium,
    medium as signee_medium,
    is_forgery,
    local_id,
    case when is_forgery then {{ signee_key('false', 'reference_local_id') }} end as reference_signee_id,
    case when parent is not null then {{ signature_key('false', 'parent', "''") }} end
        as reference_signature_id,
    sample_number,
    point_count,
    origin,
    path,
    asset_id,
    run_id,
    load_id
from files

union all

select
    signature_id,
    signee_id,
    'REGISTERED' as source,
    null as layout,
    medium,
    signee_medium,
    reference_signee_id is not null as is_forgery,
    local_id,
    reference_signee_id,
    reference_signature_id,
    cast(sample_number as integer) as sample_number,
    point_count,
    origin,
    path,
    asset_id,
    0 as run_id,
    load_id
from {{ ref('int_signatures__registered') }}
where reason is null
