"""Generates stand-ins for the upstream systems, with their quirks, under `data/samples`."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ingest.samples import census, classification
from ingest.settings import sample

GENERATORS: Mapping[str, Callable[[Path], Iterator[Path]]] = {
    "census": census.generate,
    "classification": classification.generate,
}


def generate() -> Iterator[Path]:
    """Generate the sources that are not there yet; yield the path of each new file."""
    for source, generator in GENERATORS.items():
        folder = sample(source, "")
        if not folder.exists():
            yield from generator(folder)
