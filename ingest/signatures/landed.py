"""What is landed of each origin: the last event of each path, the last count of each folder."""

from typing import NamedTuple

from ingest.landing.ledger import Run
from ingest.landing.origins import Origin

DATASETS = """
select distinct origin_id, source from raw_signatures.files where _dlt_load_id in ({loads})
"""
FILES = """
with events as (
    select path, sha256, problem, fingerprint, false as is_gone, run_id
    from raw_signatures.files where origin_id = %s and _dlt_load_id in ({loads})
    union all
    select path, null, null, null, true, run_id
    from raw_signatures.removed_files where origin_id = %s and _dlt_load_id in ({loads})
),
ordered as (
    select *, row_number() over (partition by path order by run_id desc) as age from events
)
select path, sha256, problem, fingerprint from ordered where age = 1 and not is_gone
"""
COUNTS = """
with ordered as (
    select origin, records_read, row_number() over (partition by origin order by run_id desc) as age
    from raw_signatures.counts
    where record_table = 'files' and origin_id = %s and _dlt_load_id in ({loads})
)
select origin, records_read from ordered where age = 1
"""


LAYOUT = """
select layout from raw_signatures.datasets
where origin_id = %s and _dlt_load_id in ({loads}) order by run_id desc limit 1
"""


class Landed(NamedTuple):
    """What is landed of one file."""

    sha256: str | None
    problem: str | None
    fingerprint: str | None


def datasets(run: Run) -> dict[int, str]:
    """Return which dataset each origin is, by its number; none where nothing of it is landed."""
    return dict(run.landed(DATASETS))


def landed_files(run: Run, origin: Origin) -> dict[str, Landed]:
    """Return the files that an origin held when it was landed last, by path."""
    number = origin.origin_id
    return {path: Landed(*rest) for path, *rest in run.landed(FILES, number, number)}


def landed_counts(run: Run, origin: Origin) -> dict[str, int]:
    """Return the numbers of files landed last for the directories of an origin."""
    return dict(run.landed(COUNTS, origin.origin_id))


def landed_layout(run: Run, origin: Origin, source: str) -> str:
    """Return the layout that an origin was landed with last: by default that of its name."""
    for (layout,) in run.landed(LAYOUT, origin.origin_id):
        return str(layout)
    return source
