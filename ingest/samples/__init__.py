"""Generates stand-ins for the upstream systems, with their quirks, under `data/samples`."""

from collections.abc import Iterator
from pathlib import Path

from ingest.samples import census
from ingest.settings import sample


def generate() -> Iterator[Path]:
    """Generate what is not there yet; yield the path of each new file."""
    folder = sample("census", "")
    if not (folder / "people.csv").exists():
        yield from census.generate(folder)
