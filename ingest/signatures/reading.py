"""Reads one dataset against what is landed of its origin, and yields what differs."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.signatures.dataset import Dataset
from ingest.signatures.folder import Read
from ingest.signatures.index_file import read_lines
from ingest.signatures.landed import Landed, landed_counts, landed_layout
from ingest.signatures.tables import TABLES
from ingest.warehouse.raw_tables import arrow_schema, rows

log = logging.getLogger(__name__)

CHUNK_BYTES = 4 << 20
CHUNK_FILES = 1_000

Chunks = Iterator[tuple[str, pa.Table]]


class Reader:
    """Reads the folder of one dataset; `known` is what is landed of `origin`, by path."""

    def __init__(
        self, run: Run, dataset: Dataset, origin: Origin, known: Mapping[str, Landed]
    ) -> None:
        self.run, self.dataset, self.origin, self.known = run, dataset, origin, known
        self.entries = dataset.entries
        self.read_at = datetime.now(timezone.utc)
        self.marks = (origin.origin_id, run.run_id)  # what each row ends with

    def read(self) -> Chunks:
        """Yield new and changed files, what went away, and counts that became others."""
        is_new = False
        for chunk in self._changes():
            is_new = True
            yield chunk
        if is_new:
            self.run.origins.landed(self.origin, len(self.entries))
        self.run.units_read += len(self.entries)

    def _changes(self) -> Chunks:
        source = self.dataset.source
        self.run.progress.expect(len(self.entries))
        yield from self._layout()
        yield from self._changed_files()
        gone = [path for path in self.known if path not in self.entries]
        if gone:
            removed = [[source, path, self.read_at, *self.marks] for path in gone]
            yield "removed_files", rows(TABLES["removed_files"], removed)
        yield from self._counts()
        log.info("%s: %s files listed, %s gone", source, len(self.entries), len(gone))

    def _layout(self) -> Chunks:
        """Tell the layout where it is another than what is landed, or than the name tells."""
        name = self.dataset.layout.name
        if landed_layout(self.run, self.origin, self.dataset.source) != name:
            told = [self.dataset.source, name, *self.marks]
            yield "datasets", rows(TABLES["datasets"], [told])

    def _changed_files(self) -> Chunks:
        changed: list[list[object]] = []
        held = 0
        for path, entry in list(self.entries.items()):
            self.run.progress.advance(1)
            landed = self.known.get(path)
            fingerprint = entry.fingerprint()
            if landed and fingerprint and landed.fingerprint == fingerprint:
                continue
            read = self.dataset.read(path)
            if read is None:
                del self.entries[path]
                continue
            if landed and (landed.sha256, landed.problem) == (read.sha256, read.problem):
                continue
            if self.dataset.is_index(path):
                yield from self._index(path, read)
            changed.append(self._row(path, read, fingerprint))
            held += len(read.content or b"")
            if held >= CHUNK_BYTES or len(changed) >= CHUNK_FILES:
                yield "files", rows(TABLES["files"], changed)
                changed, held = [], 0
        if changed:
            yield "files", rows(TABLES["files"], changed)

    def _row(self, path: str, read: Read, fingerprint: str | None) -> list[object]:
        status = self.entries[path].status
        modified_at = status.st_mtime_ns // 1000  # not a datetime: the year may be 12000
        return [
            *(self.dataset.source, path, status.st_size, read.sha256, modified_at, self.read_at),
            *(read.problem, fingerprint, read.content, *self.marks),
        ]

    def _index(self, path: str, read: Read) -> Chunks:
        name = f"{self.dataset.source}/{path}"
        if read.sha256 is None:
            raise IngestError(f"{name} {read.problem}")
        count = 0
        for lines in read_lines(self.entries[path], read.sha256):
            numbers = pa.array(range(count + 1, count + len(lines) + 1), pa.int64())
            marks = [pa.repeat(pa.scalar(mark, pa.int64()), len(lines)) for mark in self.marks]
            columns = [numbers, pa.array(lines, pa.binary()), *marks]
            yield "index_lines", pa.table(columns, schema=arrow_schema(TABLES["index_lines"]))
            count += len(lines)
        counts = [("index_headers", name, 1), ("index_entries", name, count - 1)]
        yield "counts", self._count_rows(counts)

    def _counts(self) -> Chunks:
        """Count the files of each directory; land the numbers that changed."""
        now = Counter(self._directory(path) for path in self.entries)
        before = landed_counts(self.run, self.origin)
        changed = [
            ("files", directory, now[directory])
            for directory in sorted({*now, *before})
            if before.get(directory) != now[directory]
        ]
        if changed:
            yield "counts", self._count_rows(changed)

    def _directory(self, path: str) -> str:
        return f"{self.dataset.source}/{path}".rpartition("/")[0]

    def _count_rows(self, counts: list[tuple[str, str, int]]) -> pa.Table:
        return rows(TABLES["counts"], [[*count, self.read_at, *self.marks] for count in counts])
