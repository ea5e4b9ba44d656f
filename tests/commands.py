"""Runs the project's programs, each in a process of its own, without importing them each time.

Importing dbt takes as long as a small build. A server imports both programs once and forks: every
child is one of them, with variables, output and an end of its own.
"""

import importlib
import os
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from tempfile import NamedTemporaryFile

from ingest.common.paths import ROOT

PROGRAMS = {"dbt": ("dbt.cli.main", "cli"), "ingest": ("ingest.cli", "main")}
SECONDS = 600
forks = get_context("forkserver")
forks.set_forkserver_preload(["dlt", *(module for module, _ in PROGRAMS.values())])


def run(program: str, args: Sequence[str], env: Mapping[str, str]) -> tuple[str, int]:
    """Run a program from the project's root; return all that it printed and its exit status."""
    with NamedTemporaryFile("r") as printed:
        child = forks.Process(target=_be, args=(program, args, dict(env), printed.name))
        child.start()
        child.join(SECONDS)
        if child.exitcode is None:
            child.kill()
            raise TimeoutError(f"{program} {' '.join(args)}: {printed.read()}")
        return printed.read(), child.exitcode


def _be(program: str, args: Sequence[str], env: Mapping[str, str], printed: str) -> None:
    """Be a program from here on, as the shell would start it."""
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(ROOT)
    for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, printed, os.O_WRONLY)):
        os.dup2(os.open(path, flags), number)
    os.dup2(1, 2)
    sys.argv = [program, *args]
    module, main = PROGRAMS[program]
    getattr(importlib.import_module(module), main)()
