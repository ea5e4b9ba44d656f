"""kill -9 at each moment of a load, then a plain run: nothing lost, nothing twice."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.paths import ROOT
from tests.conftest import Warehouse
from tests.education.platform import Systems, answering, api, batch, run

WINDOWS = {
    "during extract": ("ingest.education.students", "", "_copy", "before"),
    "after extract": ("dlt.normalize", "Normalize", "run", "before"),
    "after normalize": ("dlt.load", "Load", "run", "before"),
    "between a file's commit and its marker": (
        "dlt.destinations._adbc_jobs",
        "AdbcParquetCopyJob",
        "run",
        "after",
    ),
    "before the load is marked": (
        "dlt.destinations.job_client_impl",
        "SqlJobClientBase",
        "complete_load",
        "before",
    ),
    "after the load is marked": (
        "dlt.destinations.job_client_impl",
        "SqlJobClientBase",
        "complete_load",
        "after",
    ),
}
KILLED = """
import importlib, os, signal, sys
module, owner, name, when = sys.argv[1:5]
holder = importlib.import_module(module)
holder = getattr(holder, owner) if owner else holder
usual = getattr(holder, name)
def killed(*args, **kwargs):
    if when == "after":
        usual(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(holder, name, killed)
from ingest.cli import main
sys.argv[1:] = sys.argv[5:]
main()
"""


@pytest.mark.parametrize("window", WINDOWS)
def test_a_killed_run_leaves_no_trace(warehouse: Warehouse, tmp_path: Path, window: str) -> None:
    batches = [batch(n, n / 10) for n in range(150)]
    with answering(api(batches)) as url:
        systems = Systems(warehouse, tmp_path, url)
        systems.student()
        systems.append(*(run(n, 1) for n in range(500)))
        flags = ("--students", systems.database, "--batches-url", url, "--test-runs", systems.log)
        command = [sys.executable, "-c", KILLED, *WINDOWS[window], "education", *flags]
        killed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr

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
