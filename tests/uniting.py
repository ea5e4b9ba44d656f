"""What the marts that unite all sources show of one: to be compared with another warehouse."""

import re
from collections.abc import Collection

from tests.conftest import Warehouse

MARTS = ("rejected_records", "ingest_reconciliation", "origins")
IS_BUILT = "select to_regclass('marts.origins') is not null"
# They tell when something was landed, or after what else, not what
NUMBERS = re.compile(r"\b(file|load|reply|run) [0-9.]+")
REJECTED = "select record_table, origin, position, reason, raw_text from {}"
RECONCILED = "select record_table, origin, read, accepted, rejected, duplicate from {}"
COUNTING = "select record_table, origin, kind, records from {} where counts and records > 0"


def unite(warehouse: Warehouse) -> None:
    """Make the marts that unite all sources, what they are made of included."""
    warehouse.run("dbt", "--quiet", "run", "-s", *(f"+{name}" for name in MARTS))


def united(
    warehouse: Warehouse, source: str, without_records: Collection[str] = ()
) -> dict[str, list[str]]:
    """Return what the three marts show of `source`, which is to be built before.

    Where they were never made, what they are united from stands for them: to make them takes all
    sources, and a warehouse that holds one alone shows the same. Numbers of runs, loads, files and
    replies are left out. So are the records of kinds named in `without_records`, where an origin
    keeps some that another origin's going hides.
    """
    parts = {
        "rejected_records": f"intermediate.int_{source}__rejected_records",
        "ingest_reconciliation": f"intermediate.int_{source}__reconciliation",
        "origins": f"intermediate.int_{source}__origins",
    }
    if warehouse.query(IS_BUILT) == [(True,)]:
        of_source = "(select * from marts.{} where source = '{}') as united"
        parts = {name: of_source.format(name, source) for name in MARTS}
    origins = [
        (table, *rest, None if table in without_records else records)
        for table, *rest, records in warehouse.query(COUNTING.format(parts["origins"]))
    ]
    return {
        "united rejected records": _plain(warehouse.query(REJECTED.format(parts[MARTS[0]]))),
        "united reconciliation": _plain(warehouse.query(RECONCILED.format(parts[MARTS[1]]))),
        "united origins": _plain(origins),
    }


def _plain(rows: list[tuple[object, ...]]) -> list[str]:
    return sorted(NUMBERS.sub(r"\1", repr(row)) for row in rows)
