{# The layouts of `dbt_project.yml` as SQL. A shape is one of the patterns that the files of a layout are
   named by; a file has the first that fits its path. What a layout says of the shape becomes a case. #}
{% macro signature_shapes() -%}
    {%- set shapes = [] -%}
    {%- for layout, told in var('signature_layouts').items() -%}
        {%- for one in told.files or [] -%}
            {%- set pattern = '^' ~ ('' if one.folder == '' else one.folder ~ '/') ~ one.name ~ '$' -%}
            {%- set pattern = '^(?:.*/)?' ~ one.name ~ '$' if one.folder == '.*' else pattern -%}
            {%- do shapes.append(dict(one, layout=layout, number=shapes | length + 1, pattern=pattern)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(shapes) }}
{%- endmacro %}

{# Which shape a path has; null where it has none. #}
{% macro signature_shape(layout, path) -%}
    case
        {%- for shape in signature_shapes() %}
        when {{ layout }} = '{{ shape.layout }}' and {{ matches(path, shape.pattern) }} then {{ shape.number }}
        {%- endfor %}
    end
{%- endmacro %}

{# What is wrong with a path that has no shape. #}
{% macro signature_misfit(layout, path) -%}
    case
        {%- for name, told in var('signature_layouts').items() if told.files %}
        {%- for folder, shapes in told.files | groupby('folder') %}
        when
            {{ layout }} = '{{ name }}'
            and {{ matches(path, '^' ~ ('(?:.*/)?' if folder == '.*' else folder ~ ('/' if folder else '')) ~ '[^/]+$') }}
            then 'name is not {{ shapes | map(attribute="told_as") | unique | join(" or ") }}'
        {%- endfor %}
        when {{ layout }} = '{{ name }}'
            then 'lies in none of {{ told.files | map(attribute="folder") | unique | join(", ") }}'
        {%- endfor %}
        else 'is of the layout ' || {{ layout }} || ', which is not declared'
    end
{%- endmacro %}

{# What the layout says of a shape, as text. #}
{% macro told_of_shape(shape, what, default) -%}
    case {{ shape }}
        {%- for one in signature_shapes() %}
        when {{ one.number }} then '{{ one.get(what, default) }}'
        {%- endfor %}
    end
{%- endmacro %}

{# A part of the name, null where the shape has none; of several of a kind, all with hyphens between. #}
{% macro part_of_name(shape, path, part) -%}
    case {{ shape }}
        {%- for one in signature_shapes() if part in one.parts %}
        {%- set groups = [] -%}
        {%- for kind in one.parts -%}
            {%- if kind == part -%}{%- do groups.append(short_id(regex_group(path, one.pattern, loop.index))) -%}{%- endif -%}
        {%- endfor %}
        when {{ one.number }} then {{ groups | join(" || '-' || ") }}
        {%- endfor %}
        else cast(null as {{ dbt.type_string() }})
    end
{%- endmacro %}

{# An id without the zeros before it, if it is made of digits: 0120 is 120, 000 is 0, 0a is 0a. #}
{% macro short_id(id) -%}
    case
        when {{ matches(id, '^[0-9]{1,9}$') }} then cast(cast({{ id }} as integer) as {{ dbt.type_string() }})
        else {{ id }}
    end
{%- endmacro %}
