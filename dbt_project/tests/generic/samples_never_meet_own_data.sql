{# A source of which both own data and the generated sample count. #}
{% test samples_never_meet_own_data(model) %}
select source
from {{ model }}
where counts
group by source
having count(distinct kind) > 1
{% endtest %}
