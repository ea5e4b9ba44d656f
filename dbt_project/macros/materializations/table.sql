{# What is published is written beside the published one, and moved there at the end of the build. See
   docs/decisions/0007-write-test-publish.md #}
{% materialization table, adapter='postgres' -%}
    {%- if is_written_beside(model) -%}
        {{ return(build_beside(sql)) }}
    {%- endif -%}
    {{ return(dbt.materialization_table_default()) }}
{%- endmaterialization %}
