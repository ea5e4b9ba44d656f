"""Where no line is new, the lines that were built are not read again, however many there are."""

from tests.conftest import Warehouse
from tests.education.counting import DOMAIN
from tests.education.platform import Systems, run

MODELS = ("int_education__attempts", "int_education__log_outcomes", "unknown_references")


def test_a_build_with_nothing_new_reads_no_test_run(systems: Systems) -> None:
    systems.student()
    systems.append(*(run(1, lesson) for lesson in range(1, 51)))
    systems.ingest()
    systems.warehouse.build(*DOMAIN)
    before = _rows_read(systems.warehouse)
    assert before > 0
    systems.warehouse.run("dbt", "--quiet", "run", "-s", *MODELS)
    assert _rows_read(systems.warehouse) == before

    systems.append(run(2, 1))
    systems.ingest()
    systems.warehouse.build(*DOMAIN)
    assert systems.warehouse.query(
        "select unknown_id, times_named from marts.unknown_references where kind = 'student'"
    ) == [(2, 1)]


def _rows_read(warehouse: Warehouse) -> int:
    """How many test runs were read since ever, row by row or by an index."""
    return int(
        warehouse.query(
            "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_all_tables "
            "where schemaname = 'staging' and relname = 'stg_education__test_runs'"
        )[0][0]
    )
