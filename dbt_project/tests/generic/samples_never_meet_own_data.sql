{# Whether both own data and the generated sample of a source count. #}
{% test samples_never_meet_own_data(model) %}
select count(distinct kind) as kinds
from {{ model }}
where counts
having count(distinct kind) > 1
{% endtest %}
