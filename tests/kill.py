"""Runs `ingest` and kills it with signal 9 at a chosen moment.

    python -m tests.kill WINDOW TIMES ingest-arguments...

The process kills itself the TIMES-th time it comes to the window: nothing is simulated, dlt and
Postgres are left exactly as a kill leaves them. A window is a name below, or spelled as these are.
With `KILL=server` it is the embedded server that is killed, and `ingest` has to go on.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from importlib import import_module
from pathlib import Path
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


def at(window: str, times: int, deed: Callable[[], object]) -> None:
    """Do something the `times`-th time that the process comes to a window."""
    when, target = WINDOWS.get(window, window).split()
    module, path = target.split(":")
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, import_module(module))
    function = getattr(owner, name)
    calls, counting = 0, Lock()

    def watched(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        with counting:
            calls += 1
            call = calls
        if call == times and when == "before":
            deed()
        result = function(*args, **kwargs)
        if call == times and when == "after":
            deed()
        return result

    setattr(owner, name, watched)


def _kill() -> None:
    if os.environ.get("KILL") != "server":
        os.kill(os.getpid(), signal.SIGKILL)
    from ingest.warehouse import embedded

    server = embedded.running()
    assert server
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for pid in (server.pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    from ingest import cli
    from ingest.sources import prepare_all

    prepare_all()
    window, times, *arguments = sys.argv[1:]
    at(window, int(times), _kill)
    sys.argv = ["ingest", *arguments]
    cli.main()
