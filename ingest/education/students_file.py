"""Reads the students' SQLite file without ever making its writer wait.

    students.db -> copy in one read transaction -> a hundred ids at a time

SQLite's writer waits for readers, so the transaction lasts no longer than the copying of the
file's pages takes; everything else is done on the copy.
"""

import hashlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.common.errors import IngestError

CHUNK = 100  # ids
SECONDS_TO_WAIT = 30.0  # for a writer that is in the middle of a transaction

STUDENTS = """
select id, cast(name as blob), cast(batch_id as blob), cast(created_at as blob)
from students order by id
"""

Student = tuple[int, bytes | None, bytes | None, bytes | None]
Chunk = tuple[int, Sequence[Student]]


@contextmanager
def copied(path: Path) -> Iterator[Path]:
    """Copy a database for as long as the context lasts; yields the path of the copy.

    Raises `IngestError` naming the file where it is no database, or its writer keeps it locked.
    """
    if not path.is_file():
        raise IngestError(f"{path} cannot be read: there is no such file")
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "students.db"
        try:
            _copy(path, copy)
        except sqlite3.Error as error:
            raise _no_database(path, error) from error
        yield copy


def chunks(copy: Path, path: Path) -> Iterator[Chunk]:
    """Yield the number and the students of every hundred ids that hold any.

    Raises `IngestError` naming `path` where there is no table of students, with whole numbers.
    """
    try:
        with closing(sqlite3.connect(copy)) as database:
            cursor = database.execute(STUDENTS)
            for chunk, students in groupby(cursor, lambda row: _chunk_of(path, row[0])):
                yield chunk, list(students)
    except sqlite3.Error as error:
        raise _no_database(path, error) from error


def digest(students: Sequence[Student]) -> str:
    """SHA-256 of a hundred ids, in hex."""
    return hashlib.sha256(repr(list(students)).encode()).hexdigest()


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


def _no_database(path: Path, error: sqlite3.Error) -> IngestError:
    return IngestError(f"{path} cannot be read as a database of students: {error}")
