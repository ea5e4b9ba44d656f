"""The layouts of datasets, as `dbt_project.yml` declares them: dbt's models read files by the same.

Here they tell only whether a folder can be what it is said to be; what a name means is in SQL.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from ingest.common.errors import IngestError
from ingest.common.paths import ROOT


@dataclass(frozen=True)
class Layout:
    """A layout: patterns of paths and the folders they name, or the file that is the index."""

    name: str
    paths: tuple[re.Pattern[str], ...]
    folders: tuple[str, ...]
    index: str | None

    def misfit(self, paths: Iterable[str]) -> str | None:
        """Say what is wrong where no path fits; None where one does, or an index tells."""
        there = list(paths)
        if self.index is not None or any(self._fits(path) for path in there):
            return None
        apart = sum(not self._has_place(path) for path in there)
        misplaced = f"{apart:,} of {len(there):,} lie in none of {', '.join(self.folders)}"
        misnamed = f"{len(there) - apart:,} of {len(there):,} have names of another kind"
        return misplaced if apart * 2 >= len(there) else misnamed

    def _fits(self, path: str) -> bool:
        return any(pattern.fullmatch(path) for pattern in self.paths)

    def _has_place(self, path: str) -> bool:
        return any(
            re.fullmatch(_below(folder, "[^/]+"), path, re.DOTALL) for folder in self.folders
        )


def layout(name: str) -> Layout:
    """Return a declared layout; raises `IngestError` where there is none of this name."""
    declared = _layouts()
    if name not in declared:
        raise IngestError(
            f"no layout {name!r} is declared; there are {', '.join(declared)} "
            "(see docs/signatures.md)"
        )
    return declared[name]


@cache
def _layouts() -> Mapping[str, Layout]:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    return {name: _made(name, told) for name, told in project["vars"]["signature_layouts"].items()}


def _made(name: str, told: Mapping[str, Any]) -> Layout:
    files = told.get("files", [])
    paths = tuple(re.compile(_below(one["folder"], one["name"]), re.DOTALL) for one in files)
    folders = tuple(dict.fromkeys(str(one["folder"]) for one in files))
    return Layout(name, paths, folders, told.get("index", {}).get("file"))


def _below(folder: str, name: str) -> str:
    return f"(?:.*/)?{name}" if folder == ".*" else f"{folder}/{name}" if folder else name
