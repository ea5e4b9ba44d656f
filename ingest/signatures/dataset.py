"""A dataset as a run finds it: the folder that was named, and its files as they are read."""

import re
from dataclasses import dataclass
from pathlib import Path

from ingest.common.errors import IngestError
from ingest.signatures.folder import Entry, Read, list_folder, read_file
from ingest.signatures.index_file import digest
from ingest.signatures.layouts import Layout, layout
from ingest.signatures.tables import REGISTERED

NAMED = re.compile(r"([A-Za-z][A-Za-z0-9_.-]{0,39})(?::([^=]+))?=(.+)", re.DOTALL)


@dataclass(frozen=True)
class NamedFolder:
    """A folder to land as the dataset `name`, read by a layout."""

    name: str
    layout: Layout
    root: Path


@dataclass(frozen=True)
class Dataset:
    """A folder that was named as the dataset `source`, and what lies in it, by relative path."""

    source: str
    layout: Layout
    root: Path
    entries: dict[str, Entry]

    def is_index(self, path: str) -> bool:
        """Whether a file is the INDEX, which lands line by line."""
        return self.layout.index == path

    def read(self, path: str) -> Read | None:
        """Read a file, INDEX without its content; None where it is gone.

        Raises `IngestError` where it changed meanwhile.
        """
        entry = self.entries[path]
        if self.is_index(path) and not entry.problem:
            return Read(None, digest(entry), None)
        return read_file(entry)


def named_folder(told: str) -> NamedFolder:
    """Return what `NAME=FOLDER` or `NAME:LAYOUT=FOLDER` says; the layout is by default the name's.

    Raises `IngestError` where it says neither, or the layout is not declared.
    """
    said = NAMED.fullmatch(told)
    if said is None or said[1] == REGISTERED:
        raise IngestError(
            f"--dataset {told!r} is not NAME=FOLDER or NAME:LAYOUT=FOLDER, with a NAME of at most "
            f"40 letters, digits, dots, dashes and underscores that is not {REGISTERED}"
        )
    return NamedFolder(said[1], layout(said[2] or said[1]), Path(said[3]).expanduser())


def list_dataset(named: NamedFolder) -> Dataset:
    """List a folder as a dataset.

    Raises `IngestError` where it is missing or empty, or has no INDEX where the layout wants one.
    """
    root, entries = named.root, list_folder(named.root)
    if not entries:
        raise IngestError(f"{root} holds no files")
    index = named.layout.index
    if index is not None and index not in entries:
        raise IngestError(f"{root} has no {index}: without it no signature can be told")
    return Dataset(named.name, named.layout, root, entries)
