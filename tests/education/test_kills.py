"""kill -9 at each moment of a load, then a plain run: nothing lost, nothing twice."""

from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.education.platform import Systems, answering, api, batch, run

WINDOWS = (
    "before ingest.education.students_file:_copy",
    "before normalizing",
    "before loading",
    "between a file's commit and its marker",
    "before the load is complete",
    "after the load is complete",
)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_killed_run_leaves_no_trace(warehouse: Warehouse, tmp_path: Path, window: str) -> None:
    batches = [batch(n, n / 10) for n in range(150)]
    with answering(api(batches)) as url:
        systems = Systems(warehouse, tmp_path, url)
        systems.student()
        systems.append(*(run(n, 1) for n in range(500)))
        flags = ("--students", systems.database, "--batches-url", url, "--test-runs", systems.log)
        warehouse.kill(window, 1, "education", *flags)

        systems.append(*(run(n, 1) for n in range(500, 510)))
        systems.student()
        systems.ingest()
        assert systems.landed_lines() == [run(n, 1) for n in range(510)]
        landed = (
            "select count(*), count(distinct id) from raw_education.batches union all "
            "select max(n), count(*) from (select count(*) as n from raw_education.students "
            "join raw_education.student_chunks using (chunk, _dlt_load_id) where students_read = 2 "
            "group by id) as held"
        )
        assert warehouse.query(landed) == [(150, 150), (1, 2)]
        assert systems.ingest().rows_landed == 0
        outcomes = warehouse.query("select outcome from raw_ledger.runs order by run_id")
        assert outcomes[0] == ("interrupted",)
