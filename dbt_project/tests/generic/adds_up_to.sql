{# The sum of a column, where it is not the number of rows of another model. #}
{% test adds_up_to(model, column, rows_of) %}
select
    summed.total,
    counted.total as row_count
from (select coalesce(sum({{ column }}), 0) as total from {{ model }}) as summed
cross join (select count(*) as total from {{ rows_of }}) as counted
where summed.total <> counted.total
{% endtest %}
