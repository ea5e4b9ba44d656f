{# Kinds of records of which more are rejected than the limit of their source allows: what is that wrong was
   hardly meant. Of a handful, half prove nothing; all of three or more do. One record may be the only one of
   its kind, such as the first line of an index. #}
{% test few_are_rejected(model, source) %}
select
    record_table,
    sum(read) as records,
    sum(rejected) as rejected
from {{ model }}
group by record_table
having
    sum(rejected) > sum(read) * {{ var('most_rejects').get(source, var('most_rejects')['default']) }}
    and (sum(read) >= {{ var('rejects_judged_from') }} or (sum(read) >= 3 and sum(rejected) = sum(read)))
{% endtest %}
