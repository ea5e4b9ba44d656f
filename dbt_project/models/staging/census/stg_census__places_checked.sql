-- Every record of the places files that are current, with the first fault of its own, if any
{%- set columns = ['city', 'county', 'country'] %}

select
    files.origin,
    places.line,
    {{ columns | join(',\n    ') }},
    case
        {%- for column in columns %}
        when {{ is_blank('places.' ~ column) }} then '{{ column }} is blank'
        when length(places.{{ column }}) > {{ var('longest_name') }}
            then '{{ column }} is longer than {{ var('longest_name') }} characters'
        {%- endfor %}
    end as reason
from {{ source('census', 'places') }} as places
inner join {{ ref('stg_census__files') }} as files
    on places._dlt_load_id = files.load_id and places.origin_id = files.origin_id
