-- Every attempt of a listing that counts, with its title and, where it gave nothing, the reason
with titled as (
    select
        attempts.*,
        origins.kind,
        origins.origin,
        take_downs.sha256 is not null and attempts.error is null as is_taken_down,
        take_downs.reason as reason_taken_down,
        regexp_replace(attempts.file_name, '[.][^.]*$', '') as file_stem,
        -- What directory pages show for a title is the file name, cut short or marked as a link
        attempts.listed_title in (attempts.file_name, attempts.file_name || '@')
        or attempts.listed_title like '%..>' as title_is_file_name
    from {{ source('images', 'attempts') }} as attempts
    inner join {{ ref('stg_images__origins') }} as origins
        on attempts.origin_id = origins.origin_id and origins.counts
    left join {{ ref('stg_images__take_downs') }} as take_downs
        on attempts.sha256 = take_downs.sha256
    where attempts._dlt_load_id in {{ completed_loads('images') }}
)

select
    kind,
    run_id,
    draw,
    origin,
    url,
    case
        when listed_title is not null and not title_is_file_name then listed_title
        when file_stem <> '' then file_stem
        when file_name <> '' then file_name
        else url
    end as title,
    attempted_at,
    sha256,
    case
        when is_taken_down then reason_taken_down
        else {{ fetch_reason('error', 'status', 'detail') }}
    end as reason,
    detail
from titled
