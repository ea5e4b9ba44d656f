-- One row a pen point of an online signature. A signature's points are written once for each
-- content of its file, and deleted with it; what did not change is not touched.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    post_hook="{{ points_to_delete(ref('int_signatures__signatures')) }}"
) }}

with texts as (
    select
        signatures.signature_id,
        signatures.run_id,
        {{ stroke_format('signatures.layout') }} as format,
        {{ stroke_text(stroke_format('signatures.layout'), 'contents.content') }} as strokes
    from {{ ref('int_signatures__signatures') }} as signatures
    inner join {{ ref('stg_signatures__contents') }} as contents
        on
            signatures.source = contents.source
            and signatures.path = contents.path
            and signatures.load_id = contents.load_id
    where
        signatures.point_count is not null
        and {% if is_incremental() %}not exists (
            select 1 from {{ this }} as points
            where
                points.signature_id = signatures.signature_id
                and points.point_index = 1
                and points.run_id = signatures.run_id
        ){% else %}true{% endif %}
    order by signatures.signature_id
),

lines as (
    {{ split_lines('texts', ['signature_id', 'run_id', 'format'], 'strokes') }}
)

select
    signature_id,
    line as point_index,
    {%- for column in ['x', 'y', 'z', 'pressure', 'time', 'pen_state', 'azimuth', 'altitude'] %}
    {{ stroke_value('format', 'line_text', column) }} as {{ column }},
    {%- endfor %}
    run_id
from lines
where line_text <> ''
