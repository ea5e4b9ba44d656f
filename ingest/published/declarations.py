"""What dbt declares to be written: one file for each model under `dbt_project/models/exports`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ingest.common.errors import IngestError
from ingest.common.paths import dbt_target

ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".parquet", ".db")
SHAPES = ("records", "object")
# The keys of meta.export, each with the kinds of file that it may be given for
KEYS = {
    "file": ENDINGS,
    "order_by": ENDINGS,
    "key": ENDINGS,
    "shape": (".json",),
    "spreadsheet": (".csv", ".tsv"),
    "indexes": (".db",),
    "views": (".db",),
}


@dataclass(frozen=True)
class Export:
    """One file to write, the relation it is made of, and what the model's contract says of it."""

    file: str
    schema: str
    table: str
    order_by: str
    shape: str = "records"
    spreadsheet: bool = False  # formulas become text
    indexes: tuple[str, ...] = ()  # of a SQLite file: columns, with commas between them
    views: Mapping[str, str] = field(default_factory=dict)  # of a SQLite file: name and query
    key: tuple[str, ...] = ()  # that the contract declares; of a view, which has none, here
    not_null: frozenset[str] = frozenset()

    @property
    def relation(self) -> str:
        """The name of the table that is written, as a user knows it."""
        return f"{self.schema}.{self.table}"

    @property
    def ending(self) -> str:
        """The kind of file, one of `ENDINGS`."""
        return _ending(self.file)

    @property
    def is_compressed(self) -> bool:
        """Whether the file is compressed with gzip."""
        return self.file.lower().endswith(".gz")


@dataclass
class Declared:
    """What can be written, a line for each fault of what cannot, and the files of both."""

    exports: list[Export] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


def declared() -> Declared:
    """Return the exports of the last dbt build, by file.

    Raises `IngestError` where dbt has not been run yet.
    """
    path = dbt_target() / "manifest.json"
    try:
        nodes = json.loads(path.read_text())["nodes"].values()
    except FileNotFoundError:
        raise IngestError(
            f"{path} is missing: run `dbt build` (or `make build`) before the export"
        ) from None
    except ValueError:
        raise IngestError(f"{path} is broken: run `dbt build` (or `make build`) again") from None
    found = Declared()
    for node in nodes:
        meta = node.get("config", {}).get("meta", {}).get("export")
        if meta is None:
            continue
        relation = f"{node['schema']}.{node['alias']}"
        faults = [f"{relation}: {fault}" for fault in _faults(meta)]
        found.faults += faults
        if isinstance(meta, dict):
            found.files.add(str(meta.get("file")))
        if faults:
            continue
        given = _contract(node) | meta
        for name in ("key", "indexes"):
            given[name] = tuple(given.get(name, ()))
        found.exports.append(Export(schema=node["schema"], table=node["alias"], **given))
    found.exports.sort(key=lambda export: export.file)
    _leave_out_shared(found)
    return found


def _faults(meta: Any) -> Iterator[str]:
    if not isinstance(meta, dict) or not isinstance(meta.get("file"), str):
        yield f"meta.export takes {', '.join(KEYS)}; file is missing or no text: {meta!r}"
        return
    file, ending = meta["file"], _ending(meta["file"])
    if ending not in ENDINGS:
        yield f"file {file!r} must end in one of {' '.join(ENDINGS)}, or one of them and .gz"
    if not _is_inside(file):
        yield f"file {file!r} is no place inside the folder of exports"
    for key in meta:
        if key not in KEYS:
            yield f"meta.export takes {', '.join(KEYS)}, not {key!r}"
        elif ending in ENDINGS and ending not in KEYS[key]:
            yield f"{key} is for files that end in {' or '.join(KEYS[key])}, not for {file}"
    if not (isinstance(order := meta.get("order_by"), str) and order.strip()):
        yield f"order_by must name columns, not {order!r}: without an order no two files are alike"
    if (shape := meta.get("shape", "records")) not in SHAPES:
        yield f"shape is {shape!r}, not {' or '.join(SHAPES)}"
    if not isinstance(spreadsheet := meta.get("spreadsheet", False), bool):
        yield f"spreadsheet is {spreadsheet!r}, not true or false"
    for name in ("key", "indexes"):
        columns = meta.get(name, [])
        if not (isinstance(columns, list) and all(isinstance(each, str) for each in columns)):
            yield f"{name} is {columns!r}, not a list of columns"
    views = meta.get("views", {})
    if not (isinstance(views, dict) and all(isinstance(each, str) for each in views.values())):
        yield f"views is {views!r}, not names with a query each"


def _ending(file: str) -> str:
    path = PurePosixPath(file.lower())
    return PurePosixPath(path.stem).suffix if path.suffix == ".gz" else path.suffix


def _is_inside(file: str) -> bool:
    """Whether a path stays below the folder it is added to, and hides nothing there."""
    parts = file.split("/")
    return file.isprintable() and "\\" not in file and not any(p[:1] in ("", ".") for p in parts)


def _contract(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key and the columns without nulls that a model's constraints declare."""
    key: tuple[str, ...] = ()
    not_null = set()
    for name, column in node.get("columns", {}).items():
        for constraint in column.get("constraints", []):
            if constraint["type"] == "primary_key":
                key = (name,)
            elif constraint["type"] == "not_null":
                not_null.add(name)
    for constraint in node.get("constraints", []):
        if constraint["type"] == "primary_key":
            key = tuple(constraint["columns"])
    return {"key": key, "not_null": frozenset(not_null)}


def _leave_out_shared(found: Declared) -> None:
    """Leave out exports that share a file; on some systems capitals do not tell files apart."""
    by_place: dict[str, list[Export]] = {}
    for export in found.exports:
        by_place.setdefault(export.file.casefold(), []).append(export)
    for those in by_place.values():
        if len(those) > 1:
            names = " and ".join(sorted(export.relation for export in those))
            found.faults.append(f"{names}: {those[0].file} is one file, and each needs its own")
    found.exports = [those[0] for those in by_place.values() if len(those) == 1]
