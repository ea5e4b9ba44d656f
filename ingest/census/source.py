"""Lands people and places: the files named are the set that counts from then on.

named files -> known at this path, or by content under another one -> nothing to land
            -> else                                                -> records, one row a file
a file that counted and is not named any more                      -> retired
"""

import codecs
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa

from ingest.census.csv_careful import Block
from ingest.census.csv_records import read_records
from ingest.census.files import (
    PLAIN,
    Content,
    NamedFile,
    digest,
    last_contents,
    named_paths,
    open_files,
)
from ingest.census.tables import PEOPLE, PLACES, RAW_SCHEMA, TABLES
from ingest.common.errors import IngestError
from ingest.common.paths import path_text
from ingest.common.words import counted
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import arrow_schema, rows

log = logging.getLogger(__name__)

Chunks = Iterator[tuple[str, pa.Table]]


class CensusSource:
    """The census files; `people` and `places` are paths, or patterns of paths.

    A set that holds less than half of the records that counted before is refused unless
    `allow_shrink` is set: half an upload looks like a small file.
    """

    raw_schema = RAW_SCHEMA

    def __init__(
        self,
        people: Sequence[Path],
        places: Sequence[Path],
        *,
        allow_shrink: bool = False,
        encoding: str | None = None,
        separator: str | None = None,
    ) -> None:
        self.named = {"people": (people, PEOPLE), "places": (places, PLACES)}
        self.allow_shrink = allow_shrink
        self.encoding, self.separator = _known(encoding), _one_character(separator)

    def read(self, run: Run) -> Chunks:
        """Yield the records of files whose content is not landed, and one row for each of them.

        Raises `IngestError` where a file is missing, empty or has another header, where the
        records shrank, and where a file changes while it is read.
        """
        for record_table, (names, columns) in self.named.items():
            before = sum(origin.records for origin in run.origins.counting(record_table))
            paths = named_paths(names)
            with open_files(paths, columns, self.encoding, self.separator) as files:
                run.units_read += len(files)
                yield from _read_set(run, record_table, files, columns)
            left = sum(origin.records for origin in run.origins.counting(record_table))
            if left * 2 < before and not self.allow_shrink:
                raise IngestError(
                    f"{record_table} shrank from {before:,} to {counted(left, 'record')}, "
                    "less than half; if that is right, give --allow-shrink"
                )


def _read_set(
    run: Run, record_table: str, files: Sequence[NamedFile], columns: Sequence[str]
) -> Chunks:
    landed = last_contents(run)
    named = {file.address for file in files}
    free = [o for o in run.origins.counting(record_table) if o.address not in named]
    for file in files:
        known = run.origins.last(record_table, file.address)
        if not (known and known.counts):
            known = _renamed(run, file, free, landed) or known
        is_renamed = known is not None and known.address != file.address
        origin = run.origins.use(record_table, file.address, known)
        if known and _holds(landed, known, file):
            if not is_renamed:
                run.note(f"{path_text(Path(file.path.name))} is landed already")
            continue
        run.progress.expect(file.size)
        yield from _records(run, origin, file, columns)
    for origin in free:
        run.origins.retire(origin, "is not named any more")
        run.note(f"{origin.address} counts no more: it is not named")


def _renamed(
    run: Run, file: NamedFile, free: list[Origin], landed: dict[int, Content]
) -> Origin | None:
    """Take an origin of the same content whose path is not named any more."""
    for origin in free:
        if _holds(landed, origin, file):
            run.note(f"{file.address} is what {origin.address} was")
            free.remove(origin)
            return origin
    return None


def _holds(landed: dict[int, Content], origin: Origin, file: NamedFile) -> bool:
    content = landed.get(origin.origin_id)
    return (
        content is not None
        and content.sha256 == file.sha256
        and (content.read_as or PLAIN) == file.read_as
    )


def _records(run: Run, origin: Origin, file: NamedFile, columns: Sequence[str]) -> Chunks:
    read_at = datetime.now(timezone.utc)
    if file.read_as != PLAIN:
        run.note(f"{path_text(file.path)} is read as {file.read_as}")
    records, position = 0, 0
    schema = arrow_schema(TABLES[origin.record_table])
    for block in read_records(file.text, path_text(file.path), columns, file.separator):
        count = len(block.lines)
        records += count + len(block.malformed)
        run.progress.advance(file.handle.tell() - position)
        position = file.handle.tell()
        numbers = pa.repeat(pa.scalar(origin.origin_id, pa.int64()), count)
        yield origin.record_table, pa.table([*block.fields, block.lines, numbers], schema=schema)
        if block.malformed:
            yield "malformed_lines", _malformed(origin, block)
    if digest(file.handle)[0] != file.sha256:
        raise IngestError(
            f"{path_text(file.path)} changed while it was read; run again when its writer is done"
        )
    modified_at = datetime.fromtimestamp(file.path.stat().st_mtime, timezone.utc)
    log.info("census: %s: %s read", path_text(file.path), counted(records, "record"))
    row = [
        *(origin.record_table, file.address, file.sha256, file.size, modified_at, read_at),
        *(records, origin.origin_id, run.run_id, file.read_as),
    ]
    yield "files", rows(TABLES["files"], [row])
    run.origins.landed(origin, records)


def _malformed(origin: Origin, block: Block) -> pa.Table:
    lines = [
        (origin.record_table, m.line, m.problem, m.field_count, m.raw_bytes, origin.origin_id)
        for m in block.malformed
    ]
    return rows(TABLES["malformed_lines"], lines)


def _known(encoding: str | None) -> str | None:
    try:
        "".encode(encoding or "utf-8")  # which a codec of bytes, such as base64, refuses
    except LookupError:
        raise IngestError(
            f"no encoding is called {encoding!r}: utf-16 and cp1252 are two"
        ) from None
    return codecs.lookup(encoding).name if encoding else None


def _one_character(separator: str | None) -> str | None:
    separator = {"tab": "\t", "\\t": "\t"}.get(separator or "", separator)
    if separator and (len(separator) != 1 or not separator.isascii() or separator in '"\r\n'):
        raise IngestError(f"the separator is {separator!r}, not one character such as ; or tab")
    return separator
