"""Keeps the sample education platform running until stopped, then closes its books."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event

from ingest.samples.education import Platform, connect, generate, now
from ingest.samples.education_api import ADDRESS, serve

SECONDS_BETWEEN_EVENTS = 0.01
SECONDS_BETWEEN_ROTATIONS = 20.0
ROTATED_FILES = 9


def run_live(
    folder: Path, stop: Event, seconds: float | None, tell: Callable[[str], None]
) -> Platform:
    """Run the platform in `folder` for so many seconds, or until `stop` is set; return it.

    It goes on with a sample that is there, books closed, and generates one else. While it runs,
    `batches_url` in the folder holds the address of its API.
    """
    if not (folder / ".books.json").exists():
        list(generate(folder))
    platform = Platform.reopen(folder)
    platform.unwritten = b'dent_id", 5, "lesson_id": 1}\n'  # the rest of the half-written line
    platform.completed.setdefault(5, set()).add(1)
    address_file = folder / ADDRESS
    with serve(lambda: list(platform.batches)) as address, closing(connect(folder)) as database:
        address_file.write_text(address)
        tell(f"students: {folder / 'students.db'}")
        tell(f"test runs: {platform.log}")
        tell(f"batches: {address}")
        try:
            _keep_running(platform, database, stop, seconds)
        finally:
            address_file.unlink(missing_ok=True)
            platform.write_log()
            platform.unwritten = b'{"result": "1/1", "stu'
            platform.write_log()
            platform.close_books()
    tell(
        f"stopped with {len(platform.batches):,} batches and {len(platform.students):,} students; "
        f"{platform.lost} students lost to a locked database"
    )
    return platform


def _keep_running(
    platform: Platform, database: sqlite3.Connection, stop: Event, seconds: float | None
) -> None:
    begin = time.monotonic()
    rotate_at = begin + SECONDS_BETWEEN_ROTATIONS
    while not stop.wait(SECONDS_BETWEEN_EVENTS):
        moment = time.monotonic()
        if seconds is not None and moment >= begin + seconds:
            return
        _event(platform, database)
        if moment >= rotate_at:
            platform.write_log()  # a writer reopens its log between two lines
            _rotate(platform.log)
            rotate_at = moment + SECONDS_BETWEEN_ROTATIONS


def _event(platform: Platform, database: sqlite3.Connection) -> None:
    what = platform.random.random()
    if what < 0.03:
        platform.add_batch(now())
    elif what < 0.15:
        platform.add_student(database, now())
    elif what < 0.16:
        _change(platform, database)
    elif what < 0.25:
        platform.write_log(platform.random.random())
    else:
        platform.run_tests()


def _change(platform: Platform, database: sqlite3.Connection) -> None:
    """A student moves to another batch, or leaves."""
    student = platform.random.choice(list(platform.students))
    batch = platform.random.randrange(len(platform.batches)) + 1
    try:
        with database:
            if platform.random.random() < 0.5:
                database.execute("delete from students where id = ?", [student])
                del platform.students[student]
            else:
                database.execute("update students set batch_id = ? where id = ?", [batch, student])
                platform.students[student] = batch
    except sqlite3.OperationalError:
        platform.lost += 1


def _rotate(log: Path) -> None:
    """Rename `test_runs.log` to `.1`, `.1` to `.2` and so on."""
    for number in range(ROTATED_FILES, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.rename(log.with_name(f"{log.name}.{number + 1}"))
    if log.exists():
        log.rename(log.with_name(f"{log.name}.1"))
