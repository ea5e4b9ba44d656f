"""A sample education platform: students, batches and test runs, with all the quirks of upstream.

students.db   batches.json   test_runs.log   expected_batch_completion.csv: its own books

ingest samples                          the files alone
ingest samples --live [--seconds N]     and then keep the platform running on them
"""

import csv
import json
import random
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

from faker import Faker

from ingest.common.paths import absolute

SEED = 311
START = datetime(2026, 1, 5, 8, 0)
BATCHES, STUDENTS, RUNS = 120, 400, 6_000
TOPICS = ("web", "data_science", "ios")
LESSONS = ("Variables", "Loops", 'The "this" Keyword', "Objects", "Closures", "Café Lab: Fetch")
SCHEMA = """
create table students (id integer primary key autoincrement, name text not null,
    batch_id integer not null, created_at datetime not null)
"""
FAULTY_RUNS = (
    b'{"result": "3/3", "student_id", 5, "lesson_id": 1\n',
    b'{"result": "all", "student_id", 5, "lesson_id": 1}\n',
    b'{"student_id", 5, "lesson_id": 1}\n',
    b'{"result": "1/1", "student_id", "five", "lesson_id": 1}\n',
    b'{"result": "1/1", "student_id", 5}\n',
    b'{"result": "1/1", "student_id", 5, "lesson_title": "Caf\xe9"}\n',
    b'{"result": "1/1", "student_id", 5, "lesson_title": "Nul\0"}\n',
    b"\n",
)


class Platform:
    """The platform in a folder, and its books of who completed what."""

    def __init__(self, folder: Path, seed: int | None = None) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.fake = Faker()
        self.fake.seed_instance(seed)
        self.batches: list[dict[str, object]] = []
        self.students: dict[int, int] = {}  # student -> batch
        self.completed: dict[int, set[int]] = {}  # student -> lessons
        self.unwritten = b""
        self.lost = 0  # students that the database took too long to take
        self.log = folder / "test_runs.log"

    def add_batch(self, at: datetime) -> None:
        """A new batch appears in the API."""
        number = len(self.batches) + 1
        name = f"{self.random.choice(TOPICS)}-{self.random.getrandbits(64):016x}"
        self.batches.append(
            {"id": number, "name": name, "created_at": f"{at:%Y-%m-%d %H:%M:%S.%f}"}
        )

    def add_student(self, database: sqlite3.Connection, at: datetime) -> None:
        """A student joins a batch; where the database is locked for too long, one is lost."""
        batch = self.random.randrange(len(self.batches)) + 1
        row = (self.fake.name(), batch, f"{at:%Y-%m-%d %H:%M:%S.%f}")
        sql = "insert into students (name, batch_id, created_at) values (?, ?, ?)"
        try:
            with database:
                number = database.execute(sql, row).lastrowid or 0
        except sqlite3.OperationalError:
            self.lost += 1
        else:
            self.students[number] = batch

    def run_tests(self) -> None:
        """A student runs a lesson's tests; the line waits in the writer's buffer."""
        student = self.random.choice(list(self.students))
        lesson = self.random.randrange(len(LESSONS)) + 1
        total = self.random.randint(1, 9)
        passed = total if self.random.random() < 0.4 else self.random.randint(0, total)
        if passed == total:
            self.completed.setdefault(student, set()).add(lesson)
        self.unwritten += self._line(student, lesson, passed, total).encode() + b"\n"

    def _line(self, student: int, lesson: int, passed: int, total: int) -> str:
        key = self.random.choice(("result", "result", "result", "results"))
        result = self.random.choice((f"{passed}/{total}", f"{passed} out of {total}"))
        separator = self.random.choice((",", ",", ",", ":"))
        number = self.random.choice((f"{lesson}", f'"{lesson}"'))
        title = json.dumps(LESSONS[lesson - 1], ensure_ascii=self.random.random() < 0.5)
        names = self.random.choice(
            (
                f'"lesson_id": {number}',
                f'"lesson_title": {title}',
                f'"lesson_id": {number}, "lesson_title": {title}',
            )
        )
        return f'{{"{key}": "{result}", "student_id"{separator} {student}, {names}}}'

    def write_log(self, share: float = 1.0) -> None:
        """Write a share of the buffer, whatever byte it ends at."""
        end = int(len(self.unwritten) * share)
        with self.log.open("ab") as log:
            log.write(self.unwritten[:end])
        self.unwritten = self.unwritten[end:]

    def books(self) -> list[tuple[object, ...]]:
        """Return batch, its name, its students, and those of them who completed 3 lessons."""
        done = {student for student, lessons in self.completed.items() if len(lessons) >= 3}
        held: dict[int, list[int]] = {}
        for student, batch in self.students.items():
            held.setdefault(batch, []).append(student)
        return [
            (number, batch["name"], len(of := held.get(number, [])), len(done.intersection(of)))
            for number, batch in enumerate(self.batches, 1)
        ]

    def close_books(self) -> None:
        """Write what the API would send, and the right answer."""
        (self.folder / "batches.json").write_text(json.dumps(self.batches, indent=0))
        header = ["batch_id", "batch_name", "students", "students_completed_3_lessons"]
        with (self.folder / "expected_batch_completion.csv").open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *self.books()])
        held = {
            "students": self.students,
            "completed": {s: [*of] for s, of in self.completed.items()},
        }
        (self.folder / ".books.json").write_text(json.dumps(held))

    @classmethod
    def reopen(cls, folder: Path) -> "Platform":
        """Go on with a platform whose books were closed."""
        platform = cls(folder)
        platform.batches = json.loads((folder / "batches.json").read_text())
        held = json.loads((folder / ".books.json").read_text())
        platform.students = {int(student): batch for student, batch in held["students"].items()}
        platform.completed = {int(student): set(of) for student, of in held["completed"].items()}
        return platform


def connect(folder: Path) -> sqlite3.Connection:
    """Open the students' database as the platform does: it waits 5 s for a lock, then gives up."""
    return sqlite3.connect(folder / "students.db", timeout=5.0)


def generate(folder: Path) -> Iterator[Path]:
    """Write the platform's files; the same content on every machine."""
    folder.mkdir(parents=True, exist_ok=True)
    platform = Platform(folder, SEED)
    at = START
    for _ in range(BATCHES):
        at += timedelta(seconds=platform.random.choice((0.4, 0.9, 7.3)))
        platform.add_batch(at)
    with closing(connect(folder)) as database, database:
        database.execute(SCHEMA)
        for _ in range(STUDENTS):
            at += timedelta(seconds=1.1)
            platform.add_student(database, at)
    for number in range(RUNS):
        platform.run_tests()
        if number % (RUNS // len(FAULTY_RUNS)) == 0:
            platform.unwritten += FAULTY_RUNS[number * len(FAULTY_RUNS) // RUNS]
    # A student whom the database has not told, and a line that is being written
    platform.unwritten += b'{"result": "1/1", "student_id", 999999, "lesson_id": 1}\n'
    platform.write_log()
    platform.unwritten = b'{"result": "1/1", "stu'
    platform.write_log()
    platform.close_books()
    yield from (folder / "students.db", folder / "batches.json", platform.log)


@contextmanager
def inputs(folder: Path) -> Iterator[Mapping[str, object]]:
    """Serve the API; it listens on another port each time, so its file is shown for it."""
    from ingest.samples.education_api import sample_api

    with sample_api(folder) as url:
        yield {
            "students": folder / "students.db",
            "batches_url": url,
            "test_runs": folder / "test_runs.log",
            "shown_as": absolute(folder / "batches.json"),
        }


def now() -> datetime:
    """Return the moment as upstream writes it: in UTC, and without saying so."""
    return datetime.now(timezone.utc).replace(tzinfo=None)
