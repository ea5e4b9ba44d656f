-- What each file of the folders that count holds, with the reason why it is not sent, if there is one
with readings as (
    {{ last_of_each(
        source('classification', 'images'), 'origin_id, path', 'run_id desc',
        '_dlt_load_id in ' ~ completed_loads('classification')
    ) }}
),

removed as (
    select
        origin_id,
        path,
        max(run_id) as run_id
    from {{ source('classification', 'removed_images') }}
    where _dlt_load_id in {{ completed_loads('classification') }}
    group by origin_id, path
)

select
    readings.origin_id,
    origins.origin,
    readings.path,
    origins.origin || '/' || readings.path as file_path,
    readings.photo_id,
    case readings.problem
        when 'empty' then 'is empty'
        when 'too large' then 'is larger than 16 MiB'
        when 'too many pixels' then 'has more than 50 million pixels'
        when 'undecodable' then 'is no image that can be decoded'
        when 'format' then 'is of a format that is not sent'
        when 'unreadable' then 'cannot be read'
        when 'photo_id taken' then 'shares its photo_id with other content'
    end as reason,
    readings.size_bytes || ' bytes' || coalesce(': ' || readings.detail, '') as raw_text
from readings
inner join {{ ref('stg_classification__origins') }} as origins on readings.origin_id = origins.origin_id
left join removed on readings.origin_id = removed.origin_id and readings.path = removed.path
where
    origins.counts
    and (removed.run_id is null or removed.run_id <= readings.run_id)
