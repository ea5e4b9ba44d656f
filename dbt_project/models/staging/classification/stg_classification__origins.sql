-- What the records come from, and whether it counts
{{ current_origins('classification') }}
