"""Runs `ingest` and kills it with signal 9 at a chosen moment of a load.

    python tests/kill.py WINDOW TIMES ingest-arguments...

The process kills itself the TIMES-th time it comes to the window: nothing is simulated, dlt and
Postgres are left exactly as a kill leaves them.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import dlt
from dlt.destinations._adbc_jobs import AdbcParquetCopyJob
from dlt.destinations.impl.postgres.postgres import PostgresClient
from dlt.pipeline.pipeline import Pipeline

from ingest import cli, destination

# window: (object, function, whether the kill comes after the function has done its work)
WINDOWS: dict[str, tuple[Any, str, bool]] = {
    "while extracting": (dlt.mark, "with_table_name", False),
    "before normalizing": (Pipeline, "normalize", False),
    "before loading": (Pipeline, "load", False),
    "before a file is committed": (AdbcParquetCopyJob, "run", False),
    "between a file's commit and its marker": (AdbcParquetCopyJob, "run", True),
    "before the load is complete": (PostgresClient, "complete_load", False),
    "after the load is complete": (PostgresClient, "complete_load", True),
}


def kill_at(window: str, times: int) -> None:
    owner, name, after = WINDOWS[window]
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        result = original(*args, **kwargs) if after else None
        calls += 1
        if calls == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return result if after else original(*args, **kwargs)

    setattr(owner, name, deadly)


if __name__ == "__main__":
    destination.prepare()
    window, times, *arguments = sys.argv[1:]
    sys.argv = ["ingest", *arguments]
    kill_at(window, int(times))
    cli.main()
