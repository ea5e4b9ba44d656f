-- Every attempt to fetch an image, with its title and, where it failed, the reason
with titled as (
    select
        *,
        regexp_replace(file_name, '[.][^.]*$', '') as file_stem,
        -- What directory pages show for a title is the file name, cut short or marked as a link
        listed_title in (file_name, file_name || '@') or listed_title like '%..>' as title_is_file_name
    from {{ source('images', 'attempts') }}
    where _dlt_load_id in {{ completed_loads('images') }}
)

select
    _dlt_load_id as load_id,
    run_id,
    draw,
    listing as origin,
    url,
    case
        when listed_title is not null and not title_is_file_name then listed_title
        when file_stem <> '' then file_stem
        when file_name <> '' then file_name
        else url
    end as title,
    attempted_at,
    sha256,
    {{ fetch_reason('error', 'status') }} as reason,
    detail
from titled
