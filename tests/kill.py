"""Runs `ingest` and kills it with signal 9 at a chosen moment.

    python -m tests.kill WINDOW TIMES ingest-arguments...

The process kills itself the TIMES-th time it comes to the window: nothing is simulated, dlt and
Postgres are left exactly as a kill leaves them. A window is a name below, or spelled as these are.
"""

import os
import signal
import sys
from functools import reduce
from importlib import import_module
from threading import Lock
from typing import Any

PIPELINE = "dlt.pipeline.pipeline:Pipeline"
COPY = "dlt.destinations._adbc_jobs:AdbcParquetCopyJob"
CLIENT = "dlt.destinations.job_client_impl:SqlJobClientBase"
WINDOWS = {
    "while extracting": "before dlt:mark.with_table_name",
    "before normalizing": f"before {PIPELINE}.normalize",
    "before loading": f"before {PIPELINE}.load",
    "before a file is committed": f"before {COPY}.run",
    "between a file's commit and its marker": f"after {COPY}.run",
    "before the load is complete": f"before {CLIENT}.complete_load",
    "after the load is complete": f"after {CLIENT}.complete_load",
}


def kill_at(window: str, times: int) -> None:
    when, target = WINDOWS.get(window, window).split()
    module, path = target.split(":")
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, import_module(module))
    function = getattr(owner, name)
    calls, counting = 0, Lock()

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        with counting:
            calls += 1
            call = calls
        if call == times and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if call == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


if __name__ == "__main__":
    from ingest import cli
    from ingest.sources import prepare_all

    prepare_all()
    window, times, *arguments = sys.argv[1:]
    kill_at(window, int(times))
    sys.argv = ["ingest", *arguments]
    cli.main()
