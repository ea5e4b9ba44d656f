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
    latest.origin_id,
    latest.source,
    coalesce(datasets.layout, latest.source) as layout,
    latest.path,
    latest.source || '/' || latest.path as origin,
    latest.sha256,
    latest.size_bytes,
    latest.problem,
    latest.run_id,
    latest.load_id
from latest
left join {{ ref('stg_signatures__datasets') }} as datasets on latest.origin_id = datasets.origin_id
where
    not latest.is_gone
    and latest.origin_id in (
        select origins.origin_id
        from {{ ref('stg_signatures__origins') }} as origins
        where origins.counts
    )
