{# Before strokes are read: away with those of files that changed, went away or are of an origin that
   was retired. In one transaction with the insert that follows. #}
{% macro delete_strokes_that_do_not_count() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as strokes
    where not exists (
        select 1
        from {{ ref('int_signatures__stroke_files') }} as files
        where
            files.source = strokes.source
            and files.path = strokes.path
            and files.load_id = strokes.load_id
    )
    {%- endif -%}
{%- endmacro %}
