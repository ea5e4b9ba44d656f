"""The models show what counts: the sample, own data, own data moved, one origin forgotten."""

import shutil
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.common.paths import sample
from ingest.landing.origins import SAMPLE
from ingest.landing.runner import run_source
from ingest.signatures import NewImageSignature, NewXYZSignature, register_signatures
from ingest.signatures.command import signatures
from ingest.signatures.tables import TABLES
from tests.conftest import Warehouse
from tests.signatures.datasets import STROKES, Datasets, forget, origins
from tests.uniting import MARTS, unite, united

# Every relation of signatures above raw, but for the list of origins itself
RELATIONS = """
select table_schema || '.' || table_name, column_name from information_schema.columns
where
    (table_name like '%signatures\\_\\_%' and table_name not like '%origins')
    or (
        table_schema = 'marts' and table_name in (
            'signees', 'signatures', 'signature_points', 'signature_assets'
        )
    )
"""
# They tell when something was landed, not what: numbers of runs, origins and loads
WHEN = {"run_id", "origin_id", "load_id"}


class Shown(dict[str, list[str]]):
    """The rows of each relation, to be compared."""

    def __init__(self, warehouse: Warehouse) -> None:
        columns: dict[str, list[str]] = {}
        for relation, column in warehouse.query(RELATIONS):
            columns.setdefault(relation, []).append(column)
        for relation, names in columns.items():
            told = ", ".join(sorted(set(names) - WHEN))
            rows = warehouse.query(f"select {told} from {relation}")
            self[relation] = sorted(
                repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in rows
            )

    def differs(self, other: "Shown") -> list[str]:
        return [name for name in {*self, *other} if self.get(name) != other.get(name)]


def build(warehouse: Warehouse, *more: str) -> Shown:
    warehouse.build("-s", "path:dbt_project/models/*/signatures", *MARTS, *more)
    shown = Shown(warehouse)
    for name, rows in united(warehouse, "signatures").items():
        # A dataset that moved is the same at another address
        shown[name] = sorted(row.replace("/moved'", "/data/SOURCE_A'") for row in rows)
    return shown


def alone(warehouse: Warehouse, datasets: Datasets, *, without: int = 0, registered: bool) -> Shown:
    """What a fresh warehouse shows: nothing in raw, every table built anew."""
    for table in (*TABLES, "origins", "_dlt_loads"):
        warehouse.query(f"delete from raw_signatures.{table}")
    datasets.land(warehouse)
    if registered:
        register(datasets)
    if without:
        for table, columns in {**TABLES, "origins": {"origin_id": ""}}.items():
            if "origin_id" in columns:
                warehouse.query(f"delete from raw_signatures.{table} where origin_id = %s", without)
    return build(warehouse, "--full-refresh")


def register(datasets: Datasets) -> None:
    image = datasets.a.parent.with_name("scan.png")
    image.write_bytes(b"an image")
    new = [NewImageSignature(str(image)), NewXYZSignature([(1, 2, 3), (4, 5, 6)])]
    register_signatures(new, "a key")


def test_after_each_step_everything_shows_what_counts_as_if_it_were_alone(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    datasets = Datasets(tmp_path / "data")
    datasets.write("Online/Genuine/002_1.HWR", b"1,2,3\n1,2")
    datasets.write("Online/Forgeries/0009001_1.HWR", b"9,9,9")
    datasets.write("Offline/Genuine/001_1.png", b"own image")
    datasets.write("not/a/signature", b"")
    unite(warehouse)
    own = alone(warehouse, datasets, registered=False)
    with_registered = alone(warehouse, datasets, registered=True)
    b_and_registered = alone(warehouse, datasets, without=1, registered=True)
    b_alone = alone(warehouse, datasets, without=1, registered=False)
    assert all(own[name] for name in own if name.startswith("marts."))
    for table in (*TABLES, "origins", "_dlt_loads"):
        warehouse.query(f"delete from raw_signatures.{table}")

    assert "the sample serves" in warehouse.ingest("signatures")
    first = build(warehouse)
    shared = "select count(*) from marts.signatures where source_path like %s"
    assert warehouse.query(shared, "SOURCE_A/Online/Genuine/001\\_%")[0][0] > 1

    assert "the sample counts no more" in datasets.land(warehouse)
    assert build(warehouse).differs(own) == []
    register(datasets)
    assert build(warehouse).differs(with_registered) == []

    moved = shutil.copytree(datasets.a, datasets.a.parent.with_name("moved"))
    shutil.rmtree(datasets.a)
    datasets.a = moved
    assert "nothing new" in datasets.land(warehouse)
    assert build(warehouse).differs(with_registered) == []

    forget(moved)
    assert build(warehouse).differs(b_and_registered) == []
    forget("REGISTERED/a key")
    assert build(warehouse).differs(b_alone) == []
    warehouse.ingest("prune", "--keep", 0)
    assert build(warehouse).differs(b_alone) == []

    datasets.land(warehouse)  # named again: it counts again, and its points were away meanwhile
    assert build(warehouse).differs(own) == []
    assert first.differs(own)
    before = [warehouse.query(f"select count(*) from raw_signatures.{table}") for table in TABLES]
    assert "nothing new" in datasets.land(warehouse)
    assert build(warehouse).differs(own) == []
    assert before == [
        warehouse.query(f"select count(*) from raw_signatures.{table}") for table in TABLES
    ]
    assert warehouse.query("select outcome from raw_ledger.runs order by run_id desc limit 1") == [
        ("nothing new",)
    ]


def test_own_data_that_looks_like_a_shrunk_sample_lands_and_no_sample_serves_again(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    datasets = Datasets(tmp_path / "data")
    warehouse.ingest("signatures")
    printed = datasets.land(warehouse)
    assert "shrank" not in printed
    state = [
        (1, str(sample("signatures", "SOURCE_A")), "sample", False, "own data was landed"),
        (2, str(sample("signatures", "SOURCE_B")), "sample", False, "own data was landed"),
        (3, str(datasets.a), "own", True, None),
        (4, str(datasets.b), "own", True, None),
    ]
    assert [(*row[:3], *row[4:]) for row in origins(warehouse)] == state
    files = warehouse.query("select count(*) from raw_signatures.files")
    assert "signatures holds own data, so no sample serves" in warehouse.ingest(
        "signatures", fails=True
    )
    assert "signatures: not configured; what is landed stays" in warehouse.ingest("all")
    with pytest.raises(IngestError, match="no sample serves"):
        run_source(signatures(datasets.a, datasets.b), SAMPLE)
    assert [(*row[:3], *row[4:]) for row in origins(warehouse)] == state
    assert warehouse.query("select count(*) from raw_signatures.files") == files

    forget(datasets.a)
    forget(datasets.b)
    assert "no sample serves" in warehouse.ingest("signatures", fails=True)


def test_own_data_at_the_very_path_of_the_sample_is_another_origin(warehouse: Warehouse) -> None:
    warehouse.ingest("signatures")
    (landed,) = warehouse.query("select count(*) from raw_signatures.files")[0]
    folder = sample("signatures")
    arguments = ("--source-a", folder / "SOURCE_A", "--source-b", folder / "SOURCE_B")
    assert "the sample counts no more" in warehouse.ingest("signatures", *arguments)
    assert warehouse.query("select count(*) from raw_signatures.files") == [(2 * landed,)]
    assert [(kind, counts) for _, _, kind, _, counts, _ in origins(warehouse)] == [
        ("sample", False), ("sample", False), ("own", True), ("own", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("window", "times"),
    [
        ("while extracting", 3),
        ("before loading", 1),
        ("between a file's commit and its marker", 1),
        ("between a file's commit and its marker", 3),
        ("before the load is complete", 1),
        ("after the load is complete", 1),
    ],
)
def test_a_kill_in_the_middle_of_retiring_is_made_good_by_the_next_run(
    warehouse: Warehouse, tmp_path: Path, window: str, times: int
) -> None:
    warehouse.ingest("signatures")
    own = Datasets(tmp_path / "own")
    other = Datasets(tmp_path / "other")
    for number in range(10, 20):
        other.write(f"Online/Genuine/{number:03}_1.HWR", STROKES)
    (other.a / "Online/Genuine/001_1.HWR").unlink()
    done = window == "after the load is complete"
    retired = {
        **dict.fromkeys((1, 2), "own data was landed"),
        3: f"{other.a} took its place",
    }
    for datasets, more, before, gone, new in (
        (own, (), {1, 2}, {1, 2}, {3, 4}),
        (other, ("--replace",), {3, 4}, {1, 2, 3}, {4, 5}),
    ):
        command = ("signatures", "--source-a", datasets.a, "--source-b", own.b, *more)
        warehouse.kill(window, times, *command)
        assert {row[0] for row in origins(warehouse) if row[4]} == (new if done else before)
        warehouse.ingest(*command)
        told = origins(warehouse)
        assert {row[0] for row in told if row[4]} == new
        assert {row[0]: row[5] for row in told if not row[4]} == {n: retired[n] for n in gone}
        assert warehouse.query(
            "select count(*), count(distinct (origin_id, path)) from raw_signatures.files "
            "where origin_id = any(%s)",
            sorted(new),
        ) == [(3 if datasets is own else 12,) * 2]
        assert warehouse.query(
            "select count(*) from (select 1 from raw_signatures.origins "
            "group by origin_id, run_id, event having count(*) > 1) as twice"
        ) == [(0,)]
        assert "nothing new" in warehouse.ingest(*command)
