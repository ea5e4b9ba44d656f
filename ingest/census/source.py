"""Lands the people file and the places file, each only where its content is not landed yet."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from ingest.census.csv_records import Block, read_header, read_records
from ingest.census.tables import PEOPLE, PLACES, RAW_SCHEMA, TABLES
from ingest.common.errors import IngestError
from ingest.landing.ledger import Run
from ingest.warehouse.raw_tables import arrow_schema, rows

log = logging.getLogger(__name__)


class CensusSource:
    """The two census files; `people` and `places` are their paths.

    A file is known by its absolute path. Content that is landed already is skipped, changed
    content replaces what the file held, and a file that shrank to less than half its bytes is
    refused unless `allow_shrink` is set: half an upload looks like a small file.
    """

    raw_schema = RAW_SCHEMA

    def __init__(self, people: Path, places: Path, *, allow_shrink: bool = False) -> None:
        self.files = {"people": (people, PEOPLE), "places": (places, PLACES)}
        self.allow_shrink = allow_shrink

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield the records of both files, then one row a file.

        Raises `IngestError` where a file is missing, empty, shrunk or has another header.
        """
        for record_table, (path, columns) in self.files.items():
            with _open(path) as file:
                run.units_read += 1
                read_header(file, path.name, columns)
                digest, size = _digest(file)
                if self._is_new(run, path, digest, size):
                    run.progress.expect(size)
                    yield from _records(run, record_table, path, columns, file, digest)

    def _is_new(self, run: Run, path: Path, digest: str, size: int) -> bool:
        """Compare with what this path last held; refuse a file that lost more than half."""
        held = run.landed(
            "select sha256, size_bytes from raw_census.files "
            "where path = %s and _dlt_load_id in ({loads}) order by read_at desc limit 1",
            str(path.resolve()),
        )
        if not held:
            return True
        ((last_digest, last_size),) = held
        if digest == last_digest:
            run.note(f"{path.name} is landed already")
            return False
        if size * 2 < last_size and not self.allow_shrink:
            raise IngestError(
                f"{path} shrank from {last_size:,} to {size:,} bytes, less than half; "
                "if that is right, give --allow-shrink"
            )
        return True


def _open(path: Path) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
            raise IngestError(f"{path} is not a regular file")
        return path.open("rb")
    except OSError as error:
        raise IngestError(f"{path} cannot be read: {error.strerror}") from error


def _digest(file: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of the whole file; leaves the position where it was."""
    position = file.tell()
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(1 << 20):
        digest.update(block)
    size = file.tell()
    file.seek(position)
    return digest.hexdigest(), size


def _records(
    run: Run, record_table: str, path: Path, columns: Sequence[str], file: BinaryIO, digest: str
) -> Iterator[tuple[str, pa.Table]]:
    read_at = datetime.now(timezone.utc)
    records, position = 0, 0
    for block in read_records(file, path.name, columns):
        records += len(block.lines) + len(block.malformed)
        run.progress.advance(file.tell() - position)
        position = file.tell()
        yield (
            record_table,
            pa.table([*block.fields, block.lines], schema=arrow_schema(TABLES[record_table])),
        )
        if block.malformed:
            yield "malformed_lines", _malformed(record_table, block)
    again, size = _digest(file)
    if again != digest:
        raise IngestError(f"{path} changed while it was read; run again when its writer is done")
    modified_at = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    log.info("census: %s: %s records read", path, records)
    row = [record_table, str(path.resolve()), digest, size, modified_at, read_at, records]
    yield "files", rows(TABLES["files"], [row])


def _malformed(record_table: str, block: Block) -> pa.Table:
    lines = [(record_table, m.line, m.problem, m.field_count, m.raw_bytes) for m in block.malformed]
    return rows(TABLES["malformed_lines"], lines)
