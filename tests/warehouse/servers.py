"""Embedded servers of a test's own, and the `ingest db` commands on them."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.warehouse import embedded
from tests.conftest import BIN, ROOT, free_port


@contextmanager
def own_server(folder: Path) -> Iterator[Path]:
    """Name a home and a port for an embedded server that nothing has started yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_HOME", str(folder / "home"))
        patch.setenv("WAREHOUSE_LOGS", str(folder / "logs"))
        patch.setenv("WAREHOUSE_PORT", str(free_port()))
        try:
            yield folder / "home"
        finally:
            embedded.stop()


def ingest_db(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [BIN / "ingest", "db", *words], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def kill_server() -> int:
    """Kill the embedded server as a crash would, and return its number."""
    server = embedded.running()
    assert server
    os.kill(server.pid, signal.SIGKILL)
    return server.pid
