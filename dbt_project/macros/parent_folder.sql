{# The path up to its last slash, without it. #}
{% macro parent_folder(path) -%}
    substr({{ path }}, 1, length({{ path }}) - strpos(reverse({{ path }}), '/'))
{%- endmacro %}
