"""Lands the students of every hundred ids that changed.

    a hundred ids -> digest as landed last -> nothing to land
                  -> else                  -> landed anew, whole

A new, a changed and a deleted student all cost at most a hundred rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path

import pyarrow as pa

from ingest.common.paths import absolute
from ingest.common.words import counted
from ingest.education.platform import Finding, Verdict, none_left
from ingest.education.students_file import Student, chunks, copied, digest
from ingest.education.tables import TABLES, problem_of
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import rows

CHUNKS_AT_ONCE = 500
NO_STUDENTS = digest([])

LAST_CHUNKS = """
select chunk, digest, students_read from (
    select *, row_number() over (partition by chunk order by run_id desc) as age
    from raw_education.student_chunks where origin_id = %s and _dlt_load_id in ({loads})
) as readings where age = 1
"""
CREATED = """
select students.id, students.created_at from raw_education.students as students inner join (
    select chunk, _dlt_load_id, row_number() over (partition by chunk order by run_id desc) as age
    from raw_education.student_chunks where origin_id = %s and _dlt_load_id in ({loads})
) as readings using (chunk, _dlt_load_id)
where origin_id = %s and age = 1 and chunk = any(%s)
"""


class Students:
    """The students' database at `path`."""

    record_table = "students"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.copy = path
        self.now: dict[int, str] = {}
        self.total = 0
        self.read_at = datetime.now(timezone.utc)

    @property
    def address(self) -> str:
        """The path, as it was given."""
        return absolute(self.path)

    def look(self, run: Run, known: Origin | None, stack: ExitStack) -> Finding:
        """Copy the database, and compare the times of creation with those landed.

        Raises `IngestError` naming the file where it is no database of students.
        """
        self.copy = stack.enter_context(copied(self.path))
        self.read_at = datetime.now(timezone.utc)
        landed = _last_chunks(run, known)
        held = sum(count for _, count in landed.values())
        as_landed = 0
        for chunk, students in chunks(self.copy, self.path):
            self.total += len(students)
            self.now[chunk] = digest(students)
            if landed.get(chunk, ("", 0))[0] == self.now[chunk]:
                as_landed += len(students)
        if not (known and held):
            return Finding(Verdict.NOTHING, "")
        if as_landed and as_landed * 2 >= self.total:
            return self._goes_on(as_landed)
        return self._compared(run, known, as_landed, held)

    def _goes_on(self, count: int) -> Finding:
        return Finding(Verdict.SAME, f"{self.path} holds {counted(count, 'student')} as landed")

    def _compared(self, run: Run, known: Origin, as_landed: int, held: int) -> Finding:
        """Compare the ids that both hold by the second in which the student was created."""
        same, other, untold = as_landed, 0, 0
        example = ""
        for some in _groups(self._changed(_last_chunks(run, known))):
            numbers = [chunk for chunk, _ in some]
            landed = dict(run.landed(CREATED, known.origin_id, known.origin_id, numbers))
            for number, _, _, created in (each for _, students in some for each in students):
                if number not in landed:
                    continue
                before, now = (
                    landed[number],
                    None if created is None else created.decode("utf-8", "replace"),
                )
                if not before or not now:
                    untold += 1
                elif _second(before) == _second(now):
                    same += 1
                else:
                    other += 1
                    example = example or f"id {number} at {_second(now)}, not at {_second(before)}"
        if other > same:
            return Finding(
                Verdict.OTHER,
                f"{self.path} holds {other:,} of {same + other:,} landed ids with other times of "
                f"creation ({example})",
            )
        if not (same or other or untold):
            which = "none" if self.total else "no student any more, none"
            return Finding(none_left(held), f"{self.path} holds {which} of {held:,} landed")
        return self._goes_on(same)

    def _changed(
        self, landed: Mapping[int, tuple[str, int]]
    ) -> Iterator[tuple[int, Sequence[Student]]]:
        changed = {n for n, now in self.now.items() if landed.get(n, ("", 0))[0] != now}
        if changed:
            for chunk, students in chunks(self.copy, self.path):
                if chunk in changed:
                    yield chunk, students

    def read(
        self, run: Run, origin: Origin, _instead_of: Origin | None
    ) -> Iterator[tuple[str, pa.Table]]:
        """Yield the students of every hundred ids that changed, and one row for each of those."""
        landed = _last_chunks(run, origin)
        run.units_read += self.total
        run.progress.advance(self.total)
        gone = [n for n, (was, _) in landed.items() if n not in self.now and was != NO_STUDENTS]
        for some in _groups(self._changed(landed)):
            yield from self._tables(run, origin, some)
        for some in _groups((chunk, ()) for chunk in gone):
            yield from self._tables(run, origin, some)

    def _tables(
        self, run: Run, origin: Origin, changed: Sequence[tuple[int, Sequence[Student]]]
    ) -> Iterator[tuple[str, pa.Table]]:
        run.origins.landed(origin, self.total)
        number = origin.origin_id
        students = [(*_row(chunk, each), number) for chunk, held in changed for each in held]
        yield "students", rows(TABLES["students"], students)
        told = [
            (self.address, chunk, digest(held), len(held), self.read_at, number, run.run_id)
            for chunk, held in changed
        ]
        yield "student_chunks", rows(TABLES["student_chunks"], told)


def _last_chunks(run: Run, origin: Origin | None) -> dict[int, tuple[str, int]]:
    """Return the digest and the number of students that every hundred ids were landed with."""
    landed = run.landed(LAST_CHUNKS, origin.origin_id) if origin else []
    return {chunk: (was, count) for chunk, was, count in landed}


def _groups(
    found: Iterator[tuple[int, Sequence[Student]]],
) -> Iterator[list[tuple[int, Sequence[Student]]]]:
    while some := list(islice(found, CHUNKS_AT_ONCE)):
        yield some


def _second(moment: str) -> str:
    return moment[:19].replace("T", " ")


def _row(chunk: int, student: Student) -> tuple[object, ...]:
    student_id, *values = student
    raw = b"|".join(value or b"" for value in values)
    if problem := problem_of(raw):
        return chunk, student_id, None, None, None, problem, raw
    texts = [None if value is None else value.decode("utf-8") for value in values]
    return chunk, student_id, *texts, None, None
