{# One row unless the numbers of a column are 1 to the number of rows: readers draw by them. #}
{% test dense_from_one(model, column) %}
select *
from (
    select
        count(distinct {{ column }}) as numbers,
        count(*) as row_count,
        coalesce(min({{ column }}), 1) as lowest,
        coalesce(max({{ column }}), 0) as highest
    from {{ model }}
) as summed
where lowest <> 1 or numbers <> row_count or highest <> row_count
{% endtest %}
