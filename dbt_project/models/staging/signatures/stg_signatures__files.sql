-- What each path of what counts holds now: the content that was landed last, unless the file went
-- away since
with events as (
    select
        origin_id,
        source,
        path,
        sha256,
        size_bytes,
        problem,
        false as is_gone,
        run_id,
        _dlt_load_id as load_id
    from {{ source('signatures', 'files') }}
    where _dlt_load_id in {{ completed_loads('signatures') }}

    union all

    select
        origin_id,
        source,
        path,
        null as sha256,
        null as size_bytes,
        null as problem,
        true as is_gone,
        run_id,
        _dlt_load_id as load_id
    from {{ source('signatures', 'removed_files') }}
    where _dlt_load_id in {{ completed_loads('signatures') }}
),

latest as (
    {{ last_of_each('events', 'origin_id, source, path', 'run_id desc', 'true') }}
)

select
    origin_id,
    source,
    path,
    source || '/' || path as origin,
    case
        when {{ matches('path', '^[^/]+/[^/]+/[^/]+$') }}
            then split_part(path, '/', 1) || '/' || split_part(path, '/', 2)
    end as directory,
    split_part(path, '/', 3) as file_name,
    sha256,
    size_bytes,
    problem,
    run_id,
    load_id
from latest
where
    not is_gone
    and origin_id in (
        select origins.origin_id
        from {{ ref('stg_signatures__origins') }} as origins
        where origins.counts
    )
