{# A published model that is large writes only what is to be added. This post-hook says what is to go with
   it: the keys of the published rows that are to be deleted, all of them in a full refresh. #}
{% macro keys_to_delete(keys, condition) -%}
    {%- if execute and not flags.EMPTY -%}
    {%- set gone = beside(this, '__gone') -%}
    drop table if exists {{ gone }};
    create unlogged table {{ gone }} as
    select {{ keys }}
    from {{ this }} as published
    {%- if is_incremental() %}
    where {{ condition }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# A model that only adds, as it will be once it is published: for tests that look at all of it. #}
{% macro as_published(relation, keys) -%}
    {%- set new = beside(relation) -%}
    {%- if relation.schema == new.schema and not flags.EMPTY -%}
    (
        select {{ keys }} from {{ published(relation) }}
        where ({{ keys }}) not in (select {{ keys }} from {{ beside(relation, '__gone') }})
        union all
        select {{ keys }} from {{ relation }}
    )
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}
