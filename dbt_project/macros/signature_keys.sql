{# Who signed: an id counts only inside its own source, medium and role. #}
{% macro signee_key(is_forger, local_id) -%}
    {{ surrogate_key(['source', 'medium', role(is_forger), local_id]) }}
{%- endmacro %}

{# Which signature: who signed, in imitation of whom, and which sample. #}
{% macro signature_key(is_forger, local_id, reference_local_id) -%}
    {%- set sample = "coalesce(cast(sample_number as " ~ dbt.type_string() ~ "), '')" -%}
    {{ surrogate_key(['source', 'medium', role(is_forger), local_id, reference_local_id, sample]) }}
{%- endmacro %}

{% macro role(is_forger) -%}
    case when {{ is_forger }} then 'forger' else 'genuine' end
{%- endmacro %}
