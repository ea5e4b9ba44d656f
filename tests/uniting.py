"""What the marts that unite all sources show of one: to be compared with another warehouse."""

import re
from collections.abc import Collection

from tests.conftest import Warehouse

MARTS = ("rejected_records", "ingest_reconciliation", "origins")
IS_BUILT = "select to_regclass('marts.origins') is not null"
# They tell when something was landed, or after what else, not what
NUMBERS = re.compile(r"\b(file|load|reply|run) [0-9.]+")
REJECTED = """
select record_table, origin, position, reason, raw_text
from marts.rejected_records where source = %s
"""
RECONCILED = """
select record_table, origin, read, accepted, rejected, duplicate
from marts.ingest_reconciliation where source = %s
"""
COUNTING = """
select record_table, origin, kind, records from marts.origins
where source = %s and counts and records > 0
"""


def unite(warehouse: Warehouse) -> None:
    """Make the marts that unite all sources, what they are made of included."""
    warehouse.run("dbt", "--quiet", "run", "-s", *(f"+{name}" for name in MARTS))


def united(
    warehouse: Warehouse, source: str, without_records: Collection[str] = ()
) -> dict[str, list[str]]:
    """Build the three marts from what is built of `source`; return what they show of it.

    Numbers of runs, loads, files and replies are left out. So are the records of kinds named in
    `without_records`, where an origin keeps some that another origin's going hides.
    """
    if warehouse.query(IS_BUILT) == [(False,)]:
        unite(warehouse)
    warehouse.build("-s", *MARTS, without=["test"])
    origins = [
        (table, *rest, None if table in without_records else records)
        for table, *rest, records in warehouse.query(COUNTING, source)
    ]
    return {
        "united rejected records": _plain(warehouse.query(REJECTED, source)),
        "united reconciliation": _plain(warehouse.query(RECONCILED, source)),
        "united origins": _plain(origins),
    }


def _plain(rows: list[tuple[object, ...]]) -> list[str]:
    return sorted(NUMBERS.sub(r"\1", repr(row)) for row in rows)
