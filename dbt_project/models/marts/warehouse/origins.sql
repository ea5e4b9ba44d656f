-- Every origin of every source, whether it counts or not
{{ union_of_sources('origins', [
    'record_table', 'origin', 'kind', 'records', 'landed_at', 'counts', 'because', 'since_run_id', 'changed_at'
]) }}
