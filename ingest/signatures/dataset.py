"""A dataset as a run finds it: the folder that was named, and its files as they are read."""

from dataclasses import dataclass
from pathlib import Path

from ingest.common.errors import IngestError
from ingest.signatures.folder import Entry, Read, list_folder, read_file
from ingest.signatures.index_file import INDEX, digest
from ingest.signatures.tables import SOURCE_B


@dataclass(frozen=True)
class Dataset:
    """A folder that was named as the dataset `source`, and what lies in it, by relative path."""

    source: str
    root: Path
    entries: dict[str, Entry]

    def is_index(self, path: str) -> bool:
        """Whether a file is SOURCE_B's INDEX, which lands line by line."""
        return self.source == SOURCE_B and path == INDEX

    def read(self, path: str) -> Read | None:
        """Read a file, INDEX without its content; None where it is gone.

        Raises `IngestError` where it changed meanwhile.
        """
        entry = self.entries[path]
        if self.is_index(path) and not entry.problem:
            return Read(None, digest(entry), None)
        return read_file(entry)


def list_dataset(source: str, root: Path) -> Dataset:
    """List a folder as a dataset.

    Raises `IngestError` where it is missing, empty, or SOURCE_B without an INDEX.
    """
    entries = list_folder(root)
    if not entries:
        raise IngestError(f"{root} holds no files")
    if source == SOURCE_B and INDEX not in entries:
        raise IngestError(f"{root} has no {INDEX}: without it no signature can be told")
    return Dataset(source, root, entries)
