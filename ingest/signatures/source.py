"""Lands the files of SOURCE_A and SOURCE_B, each only where it differs from what is landed.

folder -> what is new or changed -> files, index_lines
       -> what is gone           -> removed_files
       -> how many there are     -> counts, one row a directory whose number changed
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.landing.ledger import Run
from ingest.signatures.folder import Entry, Read, list_folder, read_file
from ingest.signatures.index_file import INDEX, digest, read_lines
from ingest.signatures.landed import Landed, landed_counts, landed_files
from ingest.signatures.tables import RAW_SCHEMA, SOURCE_A, SOURCE_B, TABLES
from ingest.warehouse.raw_tables import arrow_schema, rows

log = logging.getLogger(__name__)

CHUNK_BYTES = 4 << 20
CHUNK_FILES = 1_000

Chunks = Iterator[tuple[str, pa.Table]]


class SignatureSource:
    """The two datasets; `source_a` and `source_b` are their folders.

    A file is known by its path inside its folder, so a dataset may move. A folder that lost more
    than half of its files is refused unless `allow_shrink` is set: half a copy looks like many
    deleted files.
    """

    raw_schema = RAW_SCHEMA

    def __init__(self, source_a: Path, source_b: Path, *, allow_shrink: bool = False) -> None:
        self.roots = {SOURCE_A: source_a, SOURCE_B: source_b}
        self.allow_shrink = allow_shrink

    def read(self, run: Run) -> Chunks:
        """Yield what changed in both folders since they were landed last.

        Raises `IngestError` where a folder is missing, empty or shrunk, where SOURCE_B has no
        INDEX, and where a file changes while it is read.
        """
        folders = {source: self._list(run, source, root) for source, root in self.roots.items()}
        for source, (entries, known) in folders.items():
            yield from _Reader(run, source, entries, known).read()

    def _list(
        self, run: Run, source: str, root: Path
    ) -> tuple[dict[str, Entry], dict[str, Landed]]:
        """List a folder beside what it held, and refuse what cannot be a whole dataset."""
        entries = list_folder(root)
        if not entries:
            raise IngestError(f"{root} holds no files")
        if source == SOURCE_B and INDEX not in entries:
            raise IngestError(f"{root} has no {INDEX}: without it no signature can be told")
        known = landed_files(run, source)
        if len(entries) * 2 < len(known) and not self.allow_shrink:
            raise IngestError(
                f"{root} shrank from {len(known):,} to {len(entries):,} files, less than half; "
                "if that is right, give --allow-shrink"
            )
        return entries, known


class _Reader:
    """Reads one folder of one source against what is landed of it."""

    def __init__(
        self, run: Run, source: str, entries: dict[str, Entry], known: Mapping[str, Landed]
    ) -> None:
        self.run, self.source, self.entries, self.known = run, source, entries, known
        self.read_at = datetime.now(timezone.utc)
        self.origin = f"{source}/"

    def read(self) -> Chunks:
        self.run.progress.expect(len(self.entries))
        yield from self._changed_files()
        gone = [path for path in self.known if path not in self.entries]
        if gone:
            removed = [[self.source, path, self.read_at, self.run.run_id] for path in gone]
            yield "removed_files", rows(TABLES["removed_files"], removed)
        yield from self._counts()
        self.run.units_read += len(self.entries)
        log.info("%s: %s files listed, %s gone", self.source, len(self.entries), len(gone))

    def _changed_files(self) -> Chunks:
        changed: list[list[object]] = []
        held = 0
        for path, entry in list(self.entries.items()):
            self.run.progress.advance(1)
            landed = self.known.get(path)
            fingerprint = entry.fingerprint()
            if landed and fingerprint and landed.fingerprint == fingerprint:
                continue
            if self.source == SOURCE_B and path == INDEX and not entry.problem:
                read: Read | None = Read(None, digest(entry), None)
            else:
                read = read_file(entry)
            if read is None:
                del self.entries[path]
                continue
            if landed and (landed.sha256, landed.problem) == (read.sha256, read.problem):
                continue
            if self.source == SOURCE_B and path == INDEX:
                yield from self._index(entry, read)
            changed.append(self._row(path, entry, read, fingerprint))
            held += len(read.content or b"")
            if held >= CHUNK_BYTES or len(changed) >= CHUNK_FILES:
                yield "files", rows(TABLES["files"], changed)
                changed, held = [], 0
        if changed:
            yield "files", rows(TABLES["files"], changed)

    def _row(self, path: str, entry: Entry, read: Read, fingerprint: str | None) -> list[object]:
        modified_at = entry.status.st_mtime_ns // 1000  # not a datetime: the year may be 12000
        return [
            *(self.source, path, entry.status.st_size, read.sha256, modified_at, self.read_at),
            *(read.problem, fingerprint, read.content, self.run.run_id),
        ]

    def _index(self, entry: Entry, read: Read) -> Chunks:
        if read.sha256 is None:
            raise IngestError(f"{self.source}/{INDEX} {read.problem}")
        count = 0
        for lines in read_lines(entry, read.sha256):
            numbers = pa.array(range(count + 1, count + len(lines) + 1), pa.int64())
            runs = pa.repeat(pa.scalar(self.run.run_id, pa.int64()), len(lines))
            columns = [numbers, pa.array(lines, pa.binary()), runs]
            yield "index_lines", pa.table(columns, schema=arrow_schema(TABLES["index_lines"]))
            count += len(lines)
        yield (
            "counts",
            self._count_rows(
                [
                    ("index_headers", self.origin + INDEX, 1),
                    ("index_entries", self.origin + INDEX, count - 1),
                ]
            ),
        )

    def _counts(self) -> Chunks:
        """Count the files of each directory; land the numbers that changed."""
        now = Counter(self.origin + _directory(path) for path in self.entries)
        before = landed_counts(self.run, self.origin)
        changed = [
            ("files", origin.removesuffix("/"), now[origin])
            for origin in sorted({*now, *(f"{known}/" for known in before)})
            if before.get(origin.removesuffix("/")) != now[origin]
        ]
        if changed:
            yield "counts", self._count_rows(changed)

    def _count_rows(self, counts: list[tuple[str, str, int]]) -> pa.Table:
        counted = [[*count, self.read_at, self.run.run_id] for count in counts]
        return rows(TABLES["counts"], counted)


def _directory(path: str) -> str:
    folder, slash, _name = path.rpartition("/")
    return folder + slash
