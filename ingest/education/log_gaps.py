"""Keeps what may be lost of a log: opened once, closed where the file is found again.

may be lost   -> open       the run ends as incomplete, and so does each one after it
--accept-gaps -> accepted   known, and told by `marts.ingest_gaps` alone
found again   -> closed
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

import pyarrow as pa

from ingest.education.log_files import LandedFile
from ingest.education.tables import TABLES
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import rows

LAST = """
select file_id, from_offset, state, found_as from (
    select *, row_number() over (partition by file_id order by run_id desc) as age
    from raw_education.log_gaps where origin_id = %s and _dlt_load_id in ({loads})
) as gaps where age = 1 and state <> 'closed' order by file_id
"""
FOUND_AS = """
select found_as from raw_education.log_reads
where origin_id = %s and file_id = %s and _dlt_load_id in ({loads}) order by run_id desc limit 1
"""


def told_gaps(
    run: Run, origin: Origin, lost: Sequence[LandedFile], accept: bool
) -> Iterator[tuple[str, pa.Table]]:
    """Yield a row for each gap whose state changes, and name those that are open in the run."""
    known = {number: row for number, *row in run.landed(LAST, origin.origin_id)}
    now = {was.file_id: was.to_offset for was in lost}
    events = []
    for number in sorted({*known, *now}):
        offset, before, found_as = known.get(number, (now.get(number), None, None))
        if found_as is None:
            ((found_as,),) = run.landed(FOUND_AS, origin.origin_id, number)
        state = "accepted" if accept or before == "accepted" else "open"
        state = state if number in now else "closed"
        if state != before:
            events.append((number, found_as, offset, state))
        if state == "open":
            run.missing.append(
                f"{found_as} from byte {offset} on may be lost: the file is found nowhere as it "
                "was landed, and was not read to its end (--accept-gaps where that is known)"
            )
        elif state == "closed":
            run.note(f"{found_as} from byte {offset} on is found again")
    whose = (origin.origin_id, run.run_id)
    at = datetime.now(timezone.utc)
    yield "log_gaps", rows(TABLES["log_gaps"], [(*event, at, *whose) for event in events])
