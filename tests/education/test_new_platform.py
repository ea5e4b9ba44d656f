"""A platform that began anew is found out before anything lands; one that goes on never is."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.education.batches import Batches
from ingest.education.source import EducationSource
from ingest.landing.ledger import Run
from ingest.landing.runner import run_source
from tests.conftest import Warehouse, needs_upstream
from tests.education.counting import Fresh, World, forget, landed, shown
from tests.education.platform import Answer, answering, api, run
from tests.education.test_what_counts import ORIGINS, WINDOWS
from tests.education.test_whole_flow import DOMAIN, EDUCATION, completion, expected

DOWN: Answer = lambda _after: (404, b"")  # noqa: E731


class Restart:
    """A platform that was landed, and the one that is in its place a day later."""

    def __init__(self, warehouse: Warehouse, folder: Path, url: str) -> None:
        self.warehouse, self.folder, self.url = warehouse, folder, url
        self.old = World(warehouse, folder, url)
        self.answer = api(self.old.batches())
        self.old.fill()
        self.systems = self.old.systems

    def anew(self, students: int = 20, batches: int = 12) -> None:
        new = World(self.warehouse, self.folder, self.url, days=1)
        new.fill(students, runs=50, title="B") if students else None
        self.answer = api(new.batches(batches))

    def ingest(self, new_platform: bool = False) -> Run:
        batches = Batches(self.url)
        where = (self.systems.database, batches, self.systems.log)
        return run_source(EducationSource(*where, new_platform=new_platform))


@pytest.fixture
def restart(warehouse: Warehouse, tmp_path: Path):  # type: ignore[no-untyped-def]
    with answering(lambda after: made.answer(after)) as url:
        made = Restart(warehouse, tmp_path / "platform", url)
        made.ingest()
        yield made


def only_database(restart: Restart) -> None:
    restart.anew()
    restart.answer = api(restart.old.batches())


def only_api(restart: Restart) -> None:
    restart.answer = api(World(restart.warehouse, restart.folder / "x", "", days=1).batches())


def empty_api(restart: Restart) -> None:
    restart.answer = api([])


def empty_database(restart: Restart) -> None:
    restart.systems.sql("delete from students")


def api_down(restart: Restart) -> None:
    restart.anew()
    restart.answer = DOWN


def overlapping(restart: Restart) -> None:
    restart.systems.sql("delete from students where id > 30")
    restart.systems.sql("update students set created_at = '2026-12-01 08:00:00.1' where id > 10")


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (Restart.anew, ["the platform began anew", "20 of 20 landed ids", "12 landed ids",
                        "id 1 at 2026-11-22 07:50:00, not at 2026-11-21 07:50:00",
                        "the newest batch landed, id 30 of 2026-11-21 07:00:51",
                        "holds no line that is landed"]),
        (lambda r: r.anew(0, 0), ["began anew", "no student any more", "no batch any more"]),
        (only_database, ["the systems are not of one platform", "20 of 20 landed ids",
                         "tells the newest batch landed"]),
        (only_api, ["not of one platform", "30 landed ids with other times", "40 students"]),
        (empty_api, ["not of one platform", "no batch any more, none of 30 landed"]),
        (empty_database, ["not of one platform", "no student any more, none of 40 landed"]),
        (api_down, ["began anew", "20 of 20 landed ids", "answers 404"]),
        (overlapping, ["20 of 30 landed ids with other times"]),
    ],
)  # fmt: skip
def test_nothing_lands_and_the_two_ways_on_are_told(
    restart: Restart, what: Callable[[Restart], None], told: list[str]
) -> None:
    before = landed(restart.warehouse)
    what(restart)
    for _ in range(2):
        with pytest.raises(IngestError, match=r"give --new-platform: .*; else name") as failure:
            restart.ingest()
        assert [words for words in told if words not in str(failure.value)] == []
        assert landed(restart.warehouse) == before


def newest_deleted(restart: Restart) -> None:
    restart.answer = api(restart.old.batches()[:-3])


def oldest_deleted(restart: Restart) -> None:
    restart.answer = api(restart.old.batches()[20:])


def renamed(restart: Restart) -> None:
    restart.answer = api([{**b, "name": "renamed"} for b in restart.old.batches()])


def students_changed(restart: Restart) -> None:
    restart.systems.sql("delete from students where id % 3 > 0")
    restart.systems.sql("update students set batch_id = 1, name = 'Bob'")
    restart.systems.student()


def rotated_away(restart: Restart) -> None:
    restart.systems.log.unlink()
    restart.systems.append(run(1, 99, "Fresh"))


def few_were_created_again(restart: Restart) -> None:
    restart.systems.sql("update students set created_at = '2026-12-01 08:00:00.1' where id > 30")


def only_api_down(restart: Restart) -> None:
    restart.systems.student()
    restart.answer = DOWN


@pytest.mark.parametrize(
    "what",
    [newest_deleted, oldest_deleted, renamed, students_changed, rotated_away,
     few_were_created_again, only_api_down],
)  # fmt: skip
def test_a_platform_that_goes_on(restart: Restart, what: Callable[[Restart], None]) -> None:
    what(restart)
    is_down = what is only_api_down
    for attempt in range(2):
        with pytest.raises(IngestError, match="answers 404") if is_down else nullcontext():
            assert restart.ingest().rows_landed == 0 or attempt == 0
    students = "select count(*) from raw_education.student_chunks"
    changed = what in (students_changed, few_were_created_again, only_api_down)
    assert restart.warehouse.query(students) == [(2 if changed else 1,)]
    shown(restart.warehouse)
    assert [row[5] for row in restart.warehouse.query(ORIGINS)] == [True] * 3


def test_said_to_be_new_the_old_one_leaves(restart: Restart, fresh: Fresh) -> None:
    before = shown(restart.warehouse)
    restart.anew()
    told = restart.ingest(new_platform=True).notes
    assert sum("counts no more: the platform began anew" in note for note in told) == 3
    found = shown(restart.warehouse)
    assert found != before
    with fresh():
        restart.ingest()
        assert found == shown(restart.warehouse)
    rows = landed(restart.warehouse)
    for said in (False, True, True):
        assert restart.ingest(new_platform=said).rows_landed == 0
        assert landed(restart.warehouse) == rows
    assert [row[:2] for row in restart.warehouse.query(ORIGINS) if row[5]] == [
        (4, "test_runs"), (5, "students"), (6, "batches")
    ]  # fmt: skip


def completions(*logs: bytes) -> set[tuple[int, int]]:
    """Who completed what, told by this test's own reading of logs that name lessons by id."""
    whole = b"".join(logs).decode(errors="replace").replace('"student_id",', '"student_id":')
    told = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
    both = [(run["result"].split("/"), run) for run in told]
    return {(run["student_id"], run["lesson_id"]) for sides, run in both if sides[0] == sides[1]}


def test_what_old_students_completed_is_not_credited_to_the_new_ones(restart: Restart) -> None:
    """Ids begin again from 1: the old log says of each what somebody else did."""
    published = "select count(*) from marts.lesson_completions"
    old = restart.systems.log.read_bytes()
    shown(restart.warehouse)
    assert restart.warehouse.query(published) == [(len(completions(old)),)]
    restart.anew()
    new = restart.systems.log.read_bytes()
    restart.ingest(new_platform=True)
    shown(restart.warehouse)
    assert len(completions(old, new)) > len(completions(new))
    assert restart.warehouse.query(published) == [(len(completions(new)),)]
    assert {
        (int(student), int(lesson))
        for student, lesson in restart.warehouse.query(
            "select student_id, lesson_id from marts.lesson_completions"
        )
    } == completions(new)


def test_lines_of_the_old_platform_beside_the_new_log_do_not_count(restart: Restart) -> None:
    old = restart.systems.log.read_bytes()
    restart.anew()
    new = restart.systems.log.read_bytes()
    beside = restart.systems.log.with_name("test_runs.log.1")
    beside.write_bytes(old)
    os.utime(beside, (1, 1))
    restart.ingest(new_platform=True)
    lines = "select count(*) from staging.stg_education__test_runs"
    shown(restart.warehouse)
    assert restart.warehouse.query(lines) == [(51,)]
    assert restart.ingest().rows_landed == 0
    # The log goes on in the file that it was in
    restart.systems.log.write_bytes(new + run(3, 3).encode() + b"\n")
    restart.ingest()
    shown(restart.warehouse)
    assert restart.warehouse.query(lines) == [(52,)]


def test_a_system_that_is_down_when_the_platform_begins_anew_joins_it_later(
    restart: Restart,
) -> None:
    restart.anew()
    answer, restart.answer = restart.answer, DOWN
    with pytest.raises(IngestError, match="answers 404"):
        restart.ingest(new_platform=True)
    restart.answer = answer
    restart.ingest()
    found = shown(restart.warehouse)
    assert [len(found[name]) for name in ("batches", "students", "test_runs")] == [12, 20, 51]
    assert [row[5] for row in restart.warehouse.query(ORIGINS)] == [False] * 3 + [True] * 3


def test_forgotten_and_begun_anew_nobody_has_to_be_asked(restart: Restart) -> None:
    forget("students", "batches", "test_runs")
    restart.anew()
    restart.ingest()
    found = shown(restart.warehouse)
    assert [len(found[name]) for name in ("batches", "students", "test_runs")] == [12, 20, 51]


@pytest.mark.parametrize("window", WINDOWS)
def test_a_kill_while_a_platform_is_retired(restart: Restart, window: str) -> None:
    shown(restart.warehouse)
    restart.anew()
    where = ("--students", restart.systems.database, "--batches-url", restart.url)
    flags = (*where, "--test-runs", restart.systems.log, "--new-platform")
    restart.warehouse.kill(window, 1, "education", *flags)
    restart.ingest(new_platform=True)
    found = shown(restart.warehouse)
    assert [len(found[name]) for name in ("batches", "students", "test_runs")] == [12, 20, 51]
    assert [row[5] for row in restart.warehouse.query(ORIGINS)] == [False] * 3 + [True] * 3


@needs_upstream
def test_the_captured_platform_in_the_place_of_another_one(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """Ids again from 1, an empty log: the old completions are not the new students'."""
    with answering(lambda after: answer(after)) as url:
        old = World(warehouse, tmp_path / "platform", url)
        answer = api(old.batches())
        old.fill(students=300, runs=3000)
        systems = old.systems
        flags = ("--students", systems.database, "--batches-url", url, "--test-runs", systems.log)
        warehouse.ingest("education", *flags)
        warehouse.build(*DOMAIN)
        for name in ("students.db", "test_runs.log"):
            shutil.copy(EDUCATION / name, tmp_path / "platform")
            (tmp_path / "platform" / name).chmod(0o644)
        answer = api(json.loads((EDUCATION / "batches.json").read_text()))
        told = warehouse.ingest("education", *flags, fails=True)
        assert "the platform began anew, so nothing was landed" in told
        assert len(told.strip().splitlines()) == 1
        warehouse.ingest("education", *flags, "--new-platform")
        warehouse.build(*DOMAIN)
    assert completion(warehouse) == expected()
