-- What each online file holds: how many points, or the first line that is not three finite numbers.
-- A content is read once, in the first build after its load, and leaves when it counts no more.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_strokes_that_do_not_count() }}"
) }}

with texts as (
    select
        files.*,
        {{ ascii_text('contents.content') }} as strokes
    from {{ ref('stg_signatures__stroke_files') }} as files
    inner join {{ ref('stg_signatures__contents') }} as contents
        on files.source = contents.source and files.path = contents.path and files.load_id = contents.load_id
    {%- if is_incremental() %}
    where
        not exists (
            select 1
            from {{ this }} as read_before
            where
                read_before.source = files.source
                and read_before.path = files.path
                and read_before.load_id = files.load_id
        )
    {%- endif %}
),

looked_at as (
    select
        *,
        length(strokes) - length(replace(strokes, chr(10), '')) + 1 as pieces,
        {{ is_plain_triples('strokes') }} as is_plain
    from texts
),

lines as (
    {{ split_lines(
        '(select * from looked_at where not is_plain) as suspects',
        ['source', 'path', 'load_id', 'pieces'],
        'strokes'
    ) }}
),

faults as (
    select
        *,
        {{ triple_fault('line_text') }} as reason
    from lines
    where line = 1 or line < pieces or line_text <> ''
),

first_faults as (
    select
        *,
        row_number() over (partition by source, path, load_id order by line) as fault
    from faults
    where reason is not null
)

select
    files.source,
    files.path,
    files.load_id,
    files.run_id,
    case
        when first_faults.line is not null then null
        when files.strokes like '%' || chr(10) then files.pieces - 1
        else files.pieces
    end as point_count,
    first_faults.line as fault_line,
    case when files.strokes = '' then 'is empty' else first_faults.reason end as reason,
    substr(first_faults.line_text, 1, 1000) as fault_text
from looked_at as files
left join first_faults
    on
        files.source = first_faults.source
        and files.path = first_faults.path
        and files.load_id = first_faults.load_id
        and first_faults.fault = 1
