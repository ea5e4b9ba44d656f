"""Students: what the database holds now is what is landed, and its writer never waits."""

import sqlite3
import threading
import time
from contextlib import closing

import pytest

from ingest.common.errors import IngestError
from tests.education.platform import Systems

NOW = """
select students.id, students.name, students.batch_id
from raw_education.students join (
    select chunk, max(_dlt_load_id) as _dlt_load_id from raw_education.student_chunks group by chunk
) as newest using (chunk, _dlt_load_id) order by 1
"""


def test_new_changed_and_deleted_students(systems: Systems) -> None:
    with closing(sqlite3.connect(systems.database)) as database, database:
        rows = [(f"Ann {n}", 1, "2026-11-21 07:42:48.0") for n in range(250)]
        sql = "insert into students (name, batch_id, created_at) values (?, ?, ?)"
        database.executemany(sql, rows)
    systems.ingest()
    assert systems.ingest().rows_landed == 0

    systems.sql("update students set batch_id = 2 where id = 120")
    assert systems.ingest().rows_landed == 101  # its hundred, and the row about it
    systems.sql("delete from students where id < 100")
    assert systems.ingest().rows_landed == 1
    systems.student(name="Bob")
    systems.ingest()
    found = systems.warehouse.query(NOW)
    assert found[0] == (100, "Ann 99", "1")
    assert found[20] == (120, "Ann 119", "2")
    assert found[-1] == (251, "Bob", "1")
    assert len(found) == 152
    assert systems.ingest().rows_landed == 0


def test_what_is_no_text_is_landed_as_bytes(systems: Systems) -> None:
    systems.student(name="Nul\0")
    systems.sql("insert into students (name, batch_id) values (cast(x'ff' as text), null)")
    systems.ingest()
    assert systems.warehouse.query(
        "select name, problem, raw_bytes::text from raw_education.students order by id"
    ) == [
        (None, "nul", "\\x" + b"Nul\0|1|2026-11-21 07:42:48.149016".hex()),
        (None, "not utf-8", "\\xff7c7c"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"not a database at all, but long enough to be read as one" * 20,
            "file is not a database",
        ),
        (b"", "no such table: students"),
        (None, "there is no such file"),
    ],
)
def test_a_file_that_is_no_database(systems: Systems, content: bytes | None, message: str) -> None:
    systems.database.unlink()
    if content is not None:
        systems.database.write_bytes(content)
    with pytest.raises(IngestError, match=message):
        systems.ingest()
    assert systems.warehouse.query("select count(*) from raw_education.batches") == [(1,)]


def test_the_writer_never_waits_for_a_reader(systems: Systems) -> None:
    with closing(sqlite3.connect(systems.database)) as database, database:
        rows = ((f"Student {n} " + "x" * 80, 1, "2026-11-21 07:42:48.0") for n in range(100_000))
        sql = "insert into students (name, batch_id, created_at) values (?, ?, ?)"
        database.executemany(sql, rows)
    waited: list[float] = []
    refused = 0
    done = threading.Event()

    def _write() -> None:
        nonlocal refused
        with closing(sqlite3.connect(systems.database, timeout=1.0)) as database:
            while not done.is_set():
                begin = time.monotonic()
                try:
                    with database:
                        database.execute(sql, ("New", 1, "2026-11-21 07:42:48.0"))
                except sqlite3.OperationalError:
                    refused += 1
                waited.append(time.monotonic() - begin)

    writer = threading.Thread(target=_write)
    writer.start()
    try:
        for _ in range(3):
            systems.ingest()
    finally:
        done.set()
        writer.join()
    assert refused == 0
    assert len(waited) > 20
    systems.ingest()
    count = "select count(*) from students"
    with closing(sqlite3.connect(systems.database)) as database:
        assert systems.warehouse.query(NOW)[-1][0] == database.execute(count).fetchone()[0]
