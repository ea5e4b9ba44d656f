{# One line at the end of a build, where what is published is generated. #}
{% macro tell_samples(origins) %}
    {% if execute and flags.WHICH == 'build' and load_relation(origins) %}
        {% set query %}
            select distinct source from {{ origins }}
            where counts and kind = 'sample'
            order by source
        {% endset %}
        {% set sources = run_query(query).columns[0].values() %}
        {% if sources %}
            {% do log("generated samples, no data of your own: " ~ sources | join(', '), info=true) %}
        {% endif %}
    {% endif %}
{% endmacro %}
