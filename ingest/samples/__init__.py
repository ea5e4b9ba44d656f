"""Generates stand-ins for the upstream systems, with their quirks, under `data/samples`."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ingest.samples import census, classification, education, images, signatures
from ingest.settings import sample

GENERATORS: Mapping[str, Callable[[Path], Iterator[Path]]] = {
    "census": census.generate,
    "classification": classification.generate,
    "education": education.generate,
    "images": images.generate,
    "signatures": signatures.generate,
}


def generate(*sources: str) -> Iterator[Path]:
    """Generate these sources, or all, where they are not there yet; yield each new file's path."""
    for source in sources or GENERATORS:
        folder = sample(source, "")
        if not folder.exists():
            yield from GENERATORS[source](folder)
