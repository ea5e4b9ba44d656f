{# After attempts are judged: away with those of runs that count no more. In one transaction with
   the insert before. A run reads one listing, so it counts as a whole. #}
{% macro delete_attempts_that_do_not_count() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as judged
    where {{ is_uncounted('judged', ref('stg_images__draws')) }}
    {%- endif -%}
{%- endmacro %}

{% macro is_uncounted(judged, draws) -%}
    not exists (select 1 from {{ draws }} as draws where draws.run_id = {{ judged }}.run_id)
{%- endmacro %}

{# The runs that count and of which attempts are not judged: a run lands piece by piece. #}
{% macro runs_not_judged(draws) -%}
    select draws.run_id
    from {{ draws }} as draws
    left join (select run_id, count(*) as attempts from {{ this }} group by run_id) as judged
        on draws.run_id = judged.run_id
    where draws.urls_taken > coalesce(judged.attempts, 0)
{%- endmacro %}

{# The contents whose first attempt may be another one now, or none. #}
{% macro contents_to_judge(attempts, draws, take_downs) -%}
    select attempts.sha256
    from {{ attempts }} as attempts
    where {{ is_one_of('attempts.run_id', runs_not_judged(draws)) }} and attempts.sha256 is not null
    union
    select judged.sha256
    from {{ this }} as judged
    where judged.sha256 is not null and {{ is_uncounted('judged', draws) }}
    union
    select judged.sha256
    from {{ this }} as judged
    inner join {{ take_downs }} as take_downs on judged.sha256 = take_downs.sha256
    where judged.reason is null
{%- endmacro %}
