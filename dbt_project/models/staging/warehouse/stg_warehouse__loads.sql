-- The loads that this build counts, of every source: staging shows their rows and no others, so
-- that all models speak of one moment. Rows are replaced in place: views stand on this table.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook="{{ delete_all_rows() }}"
) }}

{{ loads_complete_now() }}
