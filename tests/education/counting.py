"""For tests of what counts: the rows that education shows, and platforms to land."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from ingest.education.batches import Batches
from ingest.education.source import EducationSource
from ingest.education.tables import RAW_SCHEMA
from ingest.landing.ledger import Run
from ingest.landing.runner import run_source
from tests.conftest import Warehouse
from tests.education.platform import Systems, batch, run
from tests.uniting import united

DOMAIN = ("-s", "path:dbt_project/models/*/education")
# Ids that must stay are left out or told by their kind: numbers of origins, runs, loads and files.
SHOWN = {
    "batches": "select * from marts.batches",
    "students": "select * from marts.students",
    "lesson_completions": "select * from marts.lesson_completions",
    "batch_completion": "select * from marts.batch_completion",
    "unknown_references": "select * from marts.unknown_references",
    "rejected": "select * from intermediate.int_education__rejected_records",
    "reconciliation": "select * from intermediate.int_education__reconciliation",
    "ties": "select * from intermediate.int_education__lesson_ties",
    "outcomes": "select sum(accepted), sum(rejected) from intermediate.int_education__log_outcomes",
    "attempts": "select student_id, lesson_id, lesson_title, is_completed "
    "from intermediate.int_education__attempts where load_id is null",
    "test_runs": "select byte_offset, reason, student_id, lesson_id, lesson_title, is_completed, "
    "raw_text from staging.stg_education__test_runs",
}
# Every table of education above raw that tells of origins, those that do not count included
INCREMENTAL = (
    "staging.stg_education__test_runs",
    "intermediate.int_education__log_outcomes",
    "intermediate.int_education__attempts",
)

Shown = dict[str, list[str]]
Fresh = Callable[[], AbstractContextManager[Warehouse]]


def shown(warehouse: Warehouse) -> Shown:
    """Build education and return what it shows, row by row."""
    warehouse.build(*DOMAIN, without=["test"])
    for table in INCREMENTAL:
        counting = "select origin_id from staging.stg_education__origins where counts"
        left = f"select count(*) from {table} where origin_id not in ({counting})"
        assert warehouse.query(left) == [(0,)], table
    return {name: sorted(map(_plain, warehouse.query(sql))) for name, sql in SHOWN.items()}


def _plain(row: tuple[object, ...]) -> str:
    return re.sub(r"load [0-9.]+|file [0-9]+", lambda found: found.group().split()[0], repr(row))


def everything(warehouse: Warehouse) -> Shown:
    """What `shown` returns, and what the marts that unite all sources show of education."""
    return {**shown(warehouse), **united(warehouse, "education")}


class Forget:
    """Retires the origins of some kind of record, as forgetting them does."""

    raw_schema = RAW_SCHEMA

    def __init__(self, *record_tables: str) -> None:
        self.record_tables = record_tables

    def read(self, run: Run) -> Iterator[tuple[str, object]]:
        for table in self.record_tables:
            for origin in run.origins.counting(table):
                run.origins.retire(origin, "forgotten")
        yield from ()


def begin_anew(systems: Systems) -> EducationSource:
    """The source with `--new-platform`."""
    return EducationSource(systems.database, Batches(systems.url), systems.log, new_platform=True)


class World:
    """A platform of some size: batches to be served, and a database and a log in a folder."""

    def __init__(self, warehouse: Warehouse, folder: Path, url: str, days: int = 0) -> None:
        """Begin a platform, so many days after the first one."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in ("students.db", "test_runs.log"):
            (folder / old).unlink(missing_ok=True)
        self.systems = Systems(warehouse, folder, url)
        self.days = days

    def batches(self, count: int = 30) -> list[dict[str, object]]:
        return [
            {**batch(n, n * 1.7), "created_at": self._later(batch(n, n * 1.7)["created_at"])}
            for n in range(1, count + 1)
        ]

    def fill(self, students: int = 40, runs: int = 200, title: str = "A") -> None:
        for n in range(1, students + 1):
            self.systems.sql(
                "insert into students (name, batch_id, created_at) values (?, ?, ?)",
                *(f"Ann {n}", n % 30 + 1, self._later("2026-11-21 07:50:00.123456")),
            )
        lines = [run(n % students + 1, n % 7, f"{title} {n % 7}") for n in range(runs)]
        self.systems.append(*lines, "no test run")

    def _later(self, moment: str) -> str:
        day = int(moment[8:10]) + timedelta(days=self.days).days
        return f"{moment[:8]}{day:02}{moment[10:]}"


def landed(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """How many rows there are in each raw table of education."""
    return [
        (table, *warehouse.query(f"select count(*) from raw_education.{table}")[0])
        for table in RAW_SCHEMA.tables
    ]


def forget(*record_tables: str) -> Run:
    return run_source(Forget(*record_tables))
