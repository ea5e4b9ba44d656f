-- What became of the lines of each load, file by file; counted once, when the load is new
{{ config(materialized='incremental', incremental_strategy='append',
    pre_hook="{{ delete_what_counts_no_more() }}",
    indexes=[{'columns': ['load_id']}, {'columns': ['origin_id']}]
) }}

select
    origin_id,
    load_id,
    file_id,
    count(case when reason is null then 1 end) as accepted,
    count(reason) as rejected
from {{ ref('stg_education__test_runs') }}
where {{ is_unbuilt('load_id', ref('stg_education__log_reads')) }}
group by origin_id, load_id, file_id
