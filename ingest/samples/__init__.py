"""Stand-ins for the upstream systems, with their quirks, under `data/samples`.

Each module generates the files of one source, and serves them: `inputs` yields what the source's
command would be given, while the systems that need it are running.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, cast

from ingest.common.paths import sample


class Sample(Protocol):
    """What each module of this package offers."""

    def generate(self, folder: Path) -> Iterator[Path]:
        """Write the sample into the folder; yield the paths to tell of."""
        ...

    def inputs(self, folder: Path) -> AbstractContextManager[Mapping[str, Any]]:
        """Serve the sample in the folder; yield the parameters that lead a reader to it."""
        ...


def has_sample(source: str) -> bool:
    """Whether there is a stand-in for this source."""
    return find_spec(f"ingest.samples.{source}") is not None


def generate(*sources: str) -> Iterator[Path]:
    """Generate these samples where they are not there yet; yield the path of each new file."""
    for source in filter(has_sample, sources):
        folder = sample(source)
        if not folder.exists():
            yield from _sample(source).generate(folder)


@contextmanager
def serving(source: str) -> Iterator[Mapping[str, Any]]:
    """Serve the sample of a source, generated if need be; yield its reader's parameters."""
    list(generate(source))
    with _sample(source).inputs(sample(source)) as inputs:
        yield inputs


def _sample(source: str) -> Sample:
    return cast(Sample, import_module(f"ingest.samples.{source}"))
