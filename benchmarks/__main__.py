"""Runs every benchmark, or those named: `python -m benchmarks census`."""

import importlib
import pkgutil
import sys

import benchmarks

for module in pkgutil.iter_modules(benchmarks.__path__):
    if module.name not in ("__main__", "server") and module.name in (sys.argv[1:] or [module.name]):
        print(f"\n== {module.name}", flush=True)
        importlib.import_module(f"benchmarks.{module.name}").main()
