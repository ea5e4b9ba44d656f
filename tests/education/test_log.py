"""The log: every line is landed once, whatever happens to its file between two runs."""

import os
import random
import shutil
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from tests.education.platform import Systems, run


def lines(first: int, count: int = 3) -> list[str]:
    return [run(number, 1) for number in range(first, first + count)]


def move(systems: Systems, name: str = "test_runs.log.1") -> None:
    systems.log.rename(systems.log.with_name(name))


def test_only_whole_lines_are_read_and_none_twice(systems: Systems) -> None:
    systems.append(*lines(1), b"caf\xe9", b"nul\0", "Zürich\r", "")
    with systems.log.open("ab") as log:
        log.write(b'{"result": "1/1", "stu')
    systems.ingest()
    ((count, to_offset),) = systems.warehouse.query(
        "select lines_read, to_offset from raw_education.log_reads"
    )
    assert count == 7
    assert to_offset == systems.log.stat().st_size - len(b'{"result": "1/1", "stu')
    assert systems.warehouse.query(
        "select text, problem, raw_bytes::text from raw_education.log_lines order by byte_offset "
        "offset 3"
    ) == [
        (None, "not utf-8", r"\x636166e9"),
        (None, "nul", r"\x6e756c00"),
        ("Zürich\r", None, None),
        ("", None, None),
    ]
    assert systems.ingest().rows_landed == 0
    systems.append('dent_id", 5}')
    assert systems.ingest().rows_landed == 2
    assert systems.landed_lines()[-1] == '{"result": "1/1", "student_id", 5}'


def test_rotation_loses_no_line_and_reads_none_twice(systems: Systems) -> None:
    systems.append(*lines(1))
    systems.ingest()
    systems.append(*lines(4))  # written before it is renamed, not read yet
    move(systems, "test_runs.log.2")
    systems.append(*lines(7))  # a file that comes and is rotated away between two runs
    move(systems, "test_runs.log.1")
    systems.append(*lines(10))
    systems.ingest()
    assert sorted(systems.landed_lines()) == sorted(lines(1, 12))
    systems.append(*lines(13))
    systems.ingest()
    assert sorted(systems.landed_lines()) == sorted(lines(1, 15))
    assert systems.ingest().rows_landed == 0


def test_a_new_file_that_begins_like_the_rotated_one_is_new(systems: Systems) -> None:
    systems.append(*lines(1, 1))
    systems.ingest()
    move(systems)
    systems.append(*lines(1, 1))
    systems.ingest()
    assert systems.landed_lines() == lines(1, 1) * 2


def test_rotation_by_copying(systems: Systems) -> None:
    systems.append(*lines(1))
    systems.ingest()
    systems.append(*lines(4))
    shutil.copy(systems.log, systems.log.with_name("test_runs.log.1"))
    systems.ingest()  # the copy is there, the log is not emptied yet
    assert systems.landed_lines() == lines(1, 6)
    os.truncate(systems.log, 0)
    assert systems.ingest().rows_landed == 0
    systems.append(*lines(7))
    systems.ingest()
    assert systems.landed_lines() == lines(1, 9)
    assert systems.ingest().rows_landed == 0


def test_truncation(systems: Systems) -> None:
    systems.append(*lines(1, 5))
    systems.ingest()
    systems.log.write_text("\n".join(lines(1, 2)) + "\n")  # some lines are left: not new ones
    assert systems.ingest().rows_landed == 0
    systems.append(*lines(6, 2))
    systems.ingest()
    assert systems.landed_lines() == lines(1, 7)
    systems.log.write_text("\n".join(lines(20, 9)) + "\n")  # emptied, and longer than before
    run = systems.ingest()
    assert run.notes == ["test_runs.log was rotated, truncated or replaced"]
    assert systems.landed_lines() == lines(1, 7) + lines(20, 9)


@pytest.mark.parametrize("in_place", [True, False])
def test_a_file_of_the_same_size_in_its_place(systems: Systems, in_place: bool) -> None:
    systems.append(*lines(1))
    systems.ingest()
    size = systems.log.stat().st_size
    if not in_place:
        systems.log.unlink()
    systems.log.write_text("\n".join(lines(4)) + "\n")
    assert systems.log.stat().st_size == size
    systems.ingest()
    assert systems.landed_lines() == lines(1, 6)


def test_a_deleted_log_is_told_and_does_not_hold_the_others_up(systems: Systems) -> None:
    systems.append(*lines(1))
    systems.ingest()
    systems.log.unlink()
    systems.student()
    with pytest.raises(IngestError, match=r"test_runs\.log cannot be read: there is no such file"):
        systems.ingest()
    assert systems.warehouse.query("select count(*) from raw_education.students") == [(1,)]
    assert systems.warehouse.query(
        "select outcome, rows_landed from raw_ledger.runs order by run_id desc limit 1"
    ) == [("failed", 2)]
    systems.append(*lines(4))
    systems.ingest()
    assert systems.landed_lines() == lines(1, 6)


def test_whatever_happens_in_whatever_order(systems: Systems) -> None:
    chance = random.Random(3)
    written: list[str] = []
    for _ in range(60):
        what = chance.choice(["append", "append", "rename", "copy", "ingest"])
        if what == "append":
            new = [run(len(written) + n, 1) for n in range(chance.randint(1, 60))]
            written += new
            systems.append(*new)
        elif what == "ingest":
            systems.ingest()
        elif systems.log.stat().st_size:
            _rotate(systems.log, copying=what == "copy")
    systems.ingest()
    assert sorted(systems.landed_lines()) == sorted(written)


def _rotate(log: Path, copying: bool) -> None:
    number = 1
    while (older := log.with_name(f"{log.name}.{number}")).exists():
        number += 1
    for n in range(number, 1, -1):
        log.with_name(f"{log.name}.{n - 1}").rename(log.with_name(f"{log.name}.{n}"))
    older = log.with_name(f"{log.name}.1")
    if copying:
        shutil.copy(log, older)
        os.truncate(log, 0)
    else:
        log.rename(older)
        log.touch()
