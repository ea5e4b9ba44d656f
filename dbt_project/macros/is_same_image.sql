{# Whether a published image is the one that an attempt stands for now. #}
{% macro is_same_image(published, attempt) -%}
    {{ published }}.image_id = {{ attempt }}.image_id
    and {{ published }}.sha256 = {{ attempt }}.sha256
    and {{ published }}.url = {{ attempt }}.url
    and {{ published }}.title = {{ attempt }}.title
    and {{ published }}.fetched_at = {{ attempt }}.attempted_at
{%- endmacro %}

{% macro images_to_delete(attempts) -%}
    {%- set no_attempt -%}
        not exists (select 1 from {{ attempts }} as attempts where {{ is_same_image('published', 'attempts') }})
    {%- endset -%}
    {{ keys_to_delete('image_id', no_attempt) }}
{%- endmacro %}
