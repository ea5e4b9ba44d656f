{# Schemas bear their plain names, `marts`, not `<target>_marts`. Those of any other target than the
   project's own, a developer's for one, begin with that target's schema: `dev_marts`. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set name = custom_schema_name | trim if custom_schema_name else 'staging' -%}
    {{ name if target.name == 'warehouse' else target.schema ~ '_' ~ name }}
{%- endmacro %}
