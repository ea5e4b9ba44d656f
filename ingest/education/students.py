"""Reads the students of a live SQLite file without ever making its writer wait.

    students.db -> copy in one read transaction -> a hundred ids at a time -> those that changed

SQLite's writer waits for readers, so the transaction lasts no longer than the copying of the
file's pages takes; everything else is done on the copy. Each hundred ids are compared by digest
with what was landed last, and landed anew, whole, where they differ: a new, a changed and a
deleted student all cost at most a hundred rows.
"""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.education.tables import TABLES, problem_of
from ingest.landing.ledger import Run
from ingest.warehouse.raw_tables import rows

CHUNK = 100  # ids
SECONDS_TO_WAIT = 30.0  # for a writer that is in the middle of a transaction
CHUNKS_AT_ONCE = 500

STUDENTS = """
select id, cast(name as blob), cast(batch_id as blob), cast(created_at as blob)
from students order by id
"""
LAST_DIGESTS = """
select chunk, digest from (
    select chunk, digest, row_number() over (partition by chunk order by read_at desc) as age
    from raw_education.student_chunks where path = %s and _dlt_load_id in ({loads})
) as chunks
where age = 1
"""

Student = tuple[int, bytes | None, bytes | None, bytes | None]


def read_students(run: Run, path: Path) -> Iterator[tuple[str, pa.Table]]:
    """Yield the students of every hundred ids that changed, and one row for each such hundred.

    Raises `IngestError` naming the file where it is no database of students.
    """
    if not path.is_file():
        raise IngestError(f"{path} cannot be read: there is no such file")
    landed = dict(run.landed(LAST_DIGESTS, str(path.resolve())))
    read_at = datetime.now(timezone.utc)
    changed: list[tuple[int, str, list[Student]]] = []
    for chunk, students in _chunks(path):
        run.units_read += len(students)
        run.progress.advance(len(students))
        digest = hashlib.sha256(repr(students).encode()).hexdigest()
        if landed.pop(chunk, None) != digest:
            changed.append((chunk, digest, students))
        if len(changed) == CHUNKS_AT_ONCE:
            yield from _tables(path, read_at, changed)
            changed = []
    nothing = hashlib.sha256(repr([]).encode()).hexdigest()
    changed += [(chunk, nothing, []) for chunk, digest in landed.items() if digest != nothing]
    yield from _tables(path, read_at, changed)


def _chunks(path: Path) -> Iterator[tuple[int, list[Student]]]:
    try:
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "students.db"
            _copy(path, copy)
            with closing(sqlite3.connect(copy)) as database:
                cursor = database.execute(STUDENTS)
                for chunk, students in groupby(cursor, lambda row: _chunk_of(path, row[0])):
                    yield chunk, list(students)
    except sqlite3.Error as error:
        raise IngestError(f"{path} cannot be read as a database of students: {error}") from error


def _copy(path: Path, to: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_WAIT

    def _give_up(_status: int, _remaining: int, _total: int) -> None:
        if time.monotonic() > deadline:
            raise IngestError(f"{path} was locked by its writer for {SECONDS_TO_WAIT:.0f} s")

    read_only = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(read_only, uri=True)) as live, closing(sqlite3.connect(to)) as own:
        live.backup(own, pages=-1, progress=_give_up, sleep=0.05)


def _chunk_of(path: Path, student_id: object) -> int:
    if not isinstance(student_id, int):
        raise IngestError(
            f"{path}: the students have ids that are no whole numbers: {student_id!r}"
        )
    return student_id // CHUNK


def _tables(
    path: Path, read_at: datetime, changed: list[tuple[int, str, list[Student]]]
) -> Iterator[tuple[str, pa.Table]]:
    students = [_row(chunk, student) for chunk, _, held in changed for student in held]
    chunks = [(str(path.resolve()), c, digest, len(held), read_at) for c, digest, held in changed]
    yield "students", rows(TABLES["students"], students)
    yield "student_chunks", rows(TABLES["student_chunks"], list(chunks))


def _row(chunk: int, student: Student) -> tuple[object, ...]:
    student_id, *values = student
    raw = b"|".join(value or b"" for value in values)
    if problem := problem_of(raw):
        return chunk, student_id, None, None, None, problem, raw
    texts = [None if value is None else value.decode("utf-8") for value in values]
    return chunk, student_id, *texts, None, None
