"""Runs `ingest`, and kills it with -9 before the nth call of one function.

python -m tests.classification.kill_at MODULE:CLASS.METHOD NTH ingest-arguments...
"""

import os
import signal
import sys
from importlib import import_module
from typing import Any


def main(target: str, nth: int, *args: str) -> None:
    module, path = target.split(":")
    class_name, method = path.split(".")
    owner = getattr(import_module(module), class_name)
    original = getattr(owner, method)
    calls = 0

    def wrapped(*values: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*values, **named)

    setattr(owner, method, wrapped)
    from ingest.cli import main as ingest

    sys.argv = ["ingest", *args]
    ingest()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
