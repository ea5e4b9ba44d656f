-- Everything that was landed and is not published, of every source
{{ union_of_sources('rejected_records', ['record_table', 'origin', 'position', 'reason', 'raw_text']) }}
