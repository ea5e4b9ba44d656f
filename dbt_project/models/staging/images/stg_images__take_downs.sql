-- Every content that was taken down, with the reason that was given first
with told as (
    select
        sha256,
        because,
        row_number() over (partition by sha256 order by run_id, url) as place
    from {{ source('images', 'take_downs') }}
    where _dlt_load_id in {{ completed_loads('images') }}
)

select
    sha256,
    'was taken down' || coalesce(': ' || because, '') as reason
from told
where place = 1
