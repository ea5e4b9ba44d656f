{# The foreign keys that contracts declare from or to some tables, as names to use in SQL. They are none of
   the table that is built beside, for they join what is published. #}
{% macro declared_foreign_keys(tables) %}
    {% set keys, names = [], tables | map(attribute='name') | list %}
    {% set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | list %}
    {% for node in models %}
        {% for constraint in node.constraints if constraint.type == 'foreign_key' %}
            {# `to` reads ref('places') here, as written #}
            {% set parent = models | selectattr('name', 'equalto', constraint.to.split("'")[1]) | first %}
            {% set key = {
                'child': node.schema ~ '.' ~ node.alias,
                'columns': constraint.columns | join(', '),
                'parent': parent.schema ~ '.' ~ parent.alias,
                'to_columns': constraint.to_columns | join(', '),
            } %}
            {% do keys.append(key) if key.child in names or key.parent in names %}
        {% endfor %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}
