{# Before images are added: away with those that no attempt stands for any more, or another one.
   In one transaction with the insert that follows, so whoever takes an image down waits for both. #}
{% macro delete_images_that_no_longer_hold() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as images
    where not exists (
        select 1
        from {{ ref('int_images__attempts') }} as attempts
        where
            attempts.image_id = images.image_id
            and attempts.sha256 = images.sha256
            and attempts.url = images.url
            and attempts.title = images.title
            and attempts.attempted_at = images.fetched_at
    )
    {%- endif -%}
{%- endmacro %}
