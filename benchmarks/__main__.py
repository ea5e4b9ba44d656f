"""Runs every benchmark, or those named: `python -m benchmarks census`."""

import multiprocessing
import pkgutil
import sys
from importlib import import_module

import benchmarks


def run(name: str) -> None:
    """Run one benchmark."""
    import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    for module in pkgutil.iter_modules(benchmarks.__path__):
        name = module.name
        if name not in ("__main__", "server") and name in (sys.argv[1:] or [name]):
            print(f"\n== {name}", flush=True)
            # In a process of its own: what it sets in the environment ends with it.
            process = multiprocessing.Process(target=run, args=(name,))
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(f"{name} failed")
