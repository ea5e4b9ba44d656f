"""Runs `ingest` in this process and dies, without a last word, at one call of a function.

python -m tests.images.killed module:Class.function before|after nth ingest's arguments...
"""

import importlib
import os
import signal
import sys
from functools import reduce
from typing import Any

from ingest.cli import main


def die_at(target: str, when: str, nth: int) -> None:
    module, path = target.split(":")
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    function = getattr(owner, name)
    calls = 0

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


if __name__ == "__main__":
    die_at(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.argv = ["ingest", *sys.argv[4:]]
    main()
