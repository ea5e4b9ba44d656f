-- Every record of the people files that are current, with the first fault of its own, if any
{%- set columns = ['given_name', 'family_name', 'date_of_birth', 'place_of_birth'] %}

select
    files.origin_id,
    files.run_id,
    files.origin,
    people.line,
    {{ columns | join(',\n    ') }},
    case
        {%- for column in columns %}
        when {{ is_blank('people.' ~ column) }} then '{{ column }} is blank'
        {%- endfor %}
        {%- for column in ['given_name', 'family_name', 'place_of_birth'] %}
        when length(people.{{ column }}) > {{ var('longest_name') }}
            then '{{ column }} is longer than {{ var('longest_name') }} characters'
        {%- endfor %}
        when not {{ is_calendar_date('people.date_of_birth') }}
            then 'date_of_birth is no date of the form YYYY-MM-DD'
        when people.date_of_birth > substr(cast(files.read_at as {{ dbt.type_string() }}), 1, 10)
            then 'date_of_birth is later than the day the file was read'
    end as reason
from {{ source('census', 'people') }} as people
inner join {{ ref('stg_census__files') }} as files
    on people._dlt_load_id = files.load_id and people.origin_id = files.origin_id
