{# The datasets that an index tells of. #}
{% macro is_indexed(layout) -%}
    {{ layout }} in (
        {%- for name, told in var('signature_layouts').items() if told.index -%}
        {{ "'" ~ name ~ "'" }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

{# What the layout of an indexed dataset says of its index, as text. #}
{% macro told_of_index(layout, what) -%}
    case {{ layout }}
        {%- for name, told in var('signature_layouts').items() if told.index %}
        when '{{ name }}' then '{{ told.index[what] }}'
        {%- endfor %}
    end
{%- endmacro %}
