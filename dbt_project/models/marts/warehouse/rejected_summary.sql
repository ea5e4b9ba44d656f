-- How many records are rejected for each reason, with the first as an example
{{ summary_of_rejects(ref('rejected_records')) }}
