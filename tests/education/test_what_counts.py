"""What counts: the sample gives way to own data, a system that moved goes on, one forgotten leaves.

After each step education shows, row by row, what the origins that count give in a warehouse that
held nothing before. Numbers of files and loads must stay as they are, and are not compared.
"""

import json
import shutil
from pathlib import Path

import pytest

from ingest.education import batches_api
from tests.conftest import Warehouse, needs_upstream
from tests.education.counting import Fresh, Shown, World, everything, forget, landed, shown
from tests.education.platform import answering, api, batch, run
from tests.education.test_whole_flow import DOMAIN, EDUCATION, completion, expected
from tests.uniting import unite

WINDOWS = (
    "before normalizing",
    "between a file's commit and its marker",
    "before the load is complete",
    "after the load is complete",
)
ORIGINS = """
select origin_id, record_table, origin, kind, records, counts, because
from (
    select *, row_number() over (partition by origin_id order by run_id desc, event desc) as age
    from raw_education.origins
    where _dlt_load_id in (select load_id from raw_education._dlt_loads where status = 0)
) as events
where age = 1 order by origin_id
"""


@needs_upstream
def test_own_data_after_the_sample_is_exactly_right(warehouse: Warehouse) -> None:
    warehouse.ingest("education")
    warehouse.build(*DOMAIN)
    batches = json.loads((EDUCATION / "batches.json").read_text())
    with answering(api(batches)) as url:
        flags = ("--students", EDUCATION / "students.db", "--batches-url", url)
        flags += ("--test-runs", EDUCATION / "test_runs.log")
        assert "the sample counts no more" in warehouse.ingest("education", *flags)
        warehouse.build(*DOMAIN)
        assert completion(warehouse) == expected()
        before = landed(warehouse)
        assert "nothing new\n" in warehouse.ingest("education", *flags)
        assert landed(warehouse) == before
    origins = warehouse.query(ORIGINS)
    assert [row[3:6] for row in origins if row[5]] == [
        ("own", 7216, True), ("own", 847, True), ("own", 311, True)
    ]  # fmt: skip
    assert [row[3:] for row in origins if not row[5]] == [
        ("sample", records, False, "own data was landed") for records in (6009, 400, 120)
    ]
    assert warehouse.query(
        "select sum(duplicate)::int from intermediate.int_education__reconciliation"
    ) == [(0,)]
    warehouse.build("-s", "+rejected_records", "+ingest_reconciliation", without=["test"])
    assert warehouse.query(
        "select distinct origin like 'http%%' or origin like %s "
        "from marts.ingest_reconciliation where source = 'education'", f"{EDUCATION}%"
    ) == [(True,)]  # fmt: skip


def test_what_is_shown_is_what_the_origins_that_count_give(
    warehouse: Warehouse, tmp_path: Path, fresh: Fresh
) -> None:
    with answering(lambda _after: (200, json.dumps(batches).encode())) as url:
        world = World(warehouse, tmp_path / "one", url)
        batches = world.batches()
        world.fill()
        systems = world.systems

        def _alone(without_log: bool = False) -> Shown:
            with fresh():
                lines = systems.log.read_bytes()
                if without_log:
                    systems.log.write_bytes(b"")
                systems.ingest()
                systems.log.write_bytes(lines)
                return everything(warehouse)

        unite(warehouse)
        warehouse.ingest("education")
        assert len(everything(warehouse)["batches"]) == 120
        systems.ingest()
        assert everything(warehouse) == _alone()

        with answering(api(batches)) as elsewhere:
            shutil.move(tmp_path / "one", tmp_path / "two")
            systems.database = tmp_path / "two" / "students.db"
            systems.log = tmp_path / "two" / "test_runs.log"
            systems.url = elsewhere
            assert systems.ingest().rows_landed == 0
            systems.student(batch_id=7)
            systems.append(run(1, 9), "no test run either")
            batches.append({**batch(31, 3000), "name": "the last"})
            # The hundred ids of the student, two lines, a batch, and a row about each
            assert systems.ingest().rows_landed == 42 + 3 + 2
            told = warehouse.query(ORIGINS)
            addresses = [str(systems.log), str(systems.database), elsewhere]
            assert [row[2] for row in told if row[5]] == addresses
            assert [row[4] for row in told if row[5]] == [203, 41, 31]
            moved = _alone()
            assert everything(warehouse) == moved

            forget("test_runs")
            assert everything(warehouse) == _alone(without_log=True)
            systems.ingest()
            assert everything(warehouse) == moved
            assert warehouse.query(ORIGINS)[3][0:2] == (told[3][0], "test_runs")
            forget("test_runs")
            warehouse.ingest("prune", "--keep", 0)
            assert everything(warehouse) == _alone(without_log=True)
            systems.ingest()
            assert everything(warehouse) == moved
            before = landed(warehouse)
            assert systems.ingest().rows_landed == 0
            assert landed(warehouse) == before
            assert everything(warehouse) == moved


def test_rows_that_prune_deletes_are_landed_anew_and_others_are_not_missed(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with answering(lambda _after: (200, json.dumps(batches).encode())) as url:
        world = World(warehouse, tmp_path / "one", url)
        batches = world.batches()
        world.fill()
        world.systems.ingest()
        world.systems.student()
        world.systems.ingest()
        before = shown(warehouse)
        replaced = world.systems.ingest().rows_landed
        assert replaced == 0
        deleted = [_delete(warehouse, *each) for each in _superseded().items()]
        assert deleted == [40, 1]
        assert world.systems.ingest().rows_landed == 0
        assert shown(warehouse) == before

        forget("students", "batches", "test_runs")
        for table in ("students", "student_chunks", "batches", "batch_pages", "log_lines"):
            _delete(warehouse, table, "true")
        _delete(warehouse, "log_reads", "true")
        assert not any(shown(warehouse)[name] for name in ("batches", "students", "test_runs"))
        world.systems.ingest()
        assert shown(warehouse) == before
        assert [row[0] for row in warehouse.query(ORIGINS)] == [1, 2, 3]


@pytest.mark.parametrize("window", WINDOWS)
def test_a_kill_while_the_sample_is_retired(
    warehouse: Warehouse, tmp_path: Path, window: str
) -> None:
    warehouse.ingest("education")
    shown(warehouse)
    with answering(lambda _after: (200, json.dumps(batches).encode())) as url:
        world = World(warehouse, tmp_path / "one", url)
        batches = world.batches()
        world.fill()
        systems = world.systems
        flags = ("--students", systems.database, "--batches-url", url, "--test-runs", systems.log)
        warehouse.kill(window, 1, "education", *flags)
        systems.ingest()
        found = shown(warehouse)
        assert [len(found[name]) for name in ("batches", "students", "test_runs")] == [30, 40, 201]
        assert [row[5] for row in warehouse.query(ORIGINS)] == [False] * 3 + [True] * 3
        assert systems.ingest().rows_landed == 0


def test_order_is_by_run_when_the_clock_was_set_back(warehouse: Warehouse, tmp_path: Path) -> None:
    with answering(lambda _after: (200, json.dumps(batches).encode())) as url:
        world = World(warehouse, tmp_path / "one", url)
        batches = world.batches()
        world.fill()
        systems = world.systems
        systems.ingest()
        shown(warehouse)
        for table in ("student_chunks", "batch_pages", "log_reads"):
            warehouse.query(
                f"update raw_education.{table} set read_at = read_at + interval '3 days'"
            )
        for table in ("students", "student_chunks", "batches", "batch_pages", "log_lines",
                      "log_reads", "origins"):  # fmt: skip
            warehouse.query(f"update raw_education.{table} set _dlt_load_id = '9' || _dlt_load_id")
        warehouse.query("update raw_education._dlt_loads set load_id = '9' || load_id")
        systems.sql("update students set name = 'Newest' where id = 3")
        batches.append(batch(4, 4 * 1.7, name="newest"))
        systems.append(run(1, 1, "Newest"))
        assert systems.ingest().rows_landed == 41 + 2 + 2
        assert systems.ingest().rows_landed == 0
        found = shown(warehouse)
        assert any("Newest" in row for row in found["students"])
        assert any("newest" in row for row in found["batches"])
        assert "('1', 'Newest', True, True)" in found["ties"]


def _superseded() -> dict[str, str]:
    from ingest.education.tables import RAW_SCHEMA

    return dict(RAW_SCHEMA.superseded)


def _delete(warehouse: Warehouse, table: str, condition: str) -> int:
    loads = "select load_id from raw_education._dlt_loads where status = 0"
    where = condition.replace("{loads}", loads).replace("{before}", "now()")
    sql = f"with gone as (delete from raw_education.{table} where {where} returning 1) "
    return int(warehouse.query(f"{sql} select count(*) from gone")[0][0])


def test_pages_are_asked_once_where_nothing_is_new(warehouse: Warehouse, tmp_path: Path) -> None:
    asked: list[str | None] = []

    def _answer(after: str | None) -> tuple[int, bytes]:
        asked.append(after)
        return api(batches)(after)

    with answering(_answer) as url:
        world = World(warehouse, tmp_path / "one", url)
        batches = world.batches()
        world.systems.ingest()
        asked.clear()
        world.systems.ingest()
        assert len(asked) == 1
        assert batches_api.PAGE == 100
