-- What each source unit held, and what became of it
{{ union_of_sources('reconciliation', [
    'record_table', 'origin', 'read', 'accepted', 'rejected', 'duplicate'
]) }}
