"""An embedded server of the benchmarks' own, so that the user's warehouse is left alone."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2

from ingest.warehouse import embedded

BIN = Path(sys.executable).parent


@contextmanager
def own_server() -> Iterator[Path]:
    """Start a server on a free port; yield its folder, stop it and delete everything at the end."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        os.environ |= {
            "WAREHOUSE_PORT": str(port),
            "WAREHOUSE_HOME": f"{folder}/home",
            "WAREHOUSE_LOGS": f"{folder}/logs",
            "WAREHOUSE_DATA": f"{folder}/data",
            "DBT_TARGET_PATH": f"{folder}/target",
            "DBT_LOG_PATH": f"{folder}/logs",
        }
        Path(folder).chmod(0o755)
        embedded.start()
        try:
            yield Path(folder)
        finally:
            embedded.stop()


def execute(sql: str) -> list[tuple[Any, ...]]:
    """Run one statement as the owner of the server and return its rows."""
    login = {"user": embedded.OWNER, "password": embedded.password(embedded.OWNER)}
    with closing(
        psycopg2.connect(
            host=embedded.HOST, port=embedded.port(), dbname=embedded.DATABASE, **login
        )
    ) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


def seconds(*command: object) -> float:
    """Run a command and return how long the whole process took, in seconds."""
    begin = time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return time.perf_counter() - begin
