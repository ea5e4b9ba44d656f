{# Before lines are added: away with those of logs that count no more. It asks for the origins that
   hold no read that counts, so an index on the origin finds their rows, and finds none in no time
   where nothing was retired. In one transaction with the insert that follows. #}
{% macro delete_what_counts_no_more() -%}
    {%- set origins, reads = ref('stg_education__origins'), ref('stg_education__log_reads') -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where {{ is_one_of('origin_id', uncounted_origins(origins, reads)) }}
    {%- endif -%}
{%- endmacro %}

{% macro uncounted_origins(origins, reads) -%}
    select origin_id from {{ origins }}
    except
    select origin_id from {{ reads }}
{%- endmacro %}
