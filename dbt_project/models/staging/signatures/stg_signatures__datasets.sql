-- The layout that each dataset was landed with last, where it is not that of its name
select
    origin_id,
    source,
    layout,
    run_id
from ({{ last_of_each(
    source('signatures', 'datasets'), 'origin_id', 'run_id desc',
    '_dlt_load_id in ' ~ completed_loads('signatures')
) }}) as latest
