{# A published model that is large writes only what is to be added. This post-hook says what is to go with
   it: the keys of the published rows that are to be deleted. A full refresh writes all, as others do. #}
{% macro keys_to_delete(keys, condition) -%}
    {%- if execute and not flags.EMPTY and not is_written_whole(model) -%}
    {%- set gone = beside(this, '__gone') -%}
    drop table if exists {{ gone }};
    create unlogged table {{ gone }} as
    select {{ keys }}
    from {{ this }} as published
    where {{ condition }}
    {%- endif -%}
{%- endmacro %}

{# The keys of a model that only adds, as it will be once it is published: for tests that look at all of it.
   `condition` picks the rows that are enough to look at. #}
{% macro as_published(relation, keys, condition='true') -%}
    {%- set new = beside(relation) -%}
    (
        select {{ keys }} from {{ relation }} where {{ condition }}
        {%- if relation.schema == new.schema and not flags.EMPTY and not is_written_whole(node_of(relation)) %}
        union all
        select {{ keys }} from {{ published(relation) }}
        where {{ condition }} and ({{ keys }}) not in (select {{ keys }} from {{ beside(relation, '__gone') }})
        {%- endif %}
    )
{%- endmacro %}

{% macro is_written_whole(node) -%}
    {{ return(flags.FULL_REFRESH and node.config.get('full_refresh') is not sameas false) }}
{%- endmacro %}
