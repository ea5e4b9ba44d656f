"""Exports: what dbt declares is what is written, whole or not at all."""

import json
import threading
from pathlib import Path

import pytest

from ingest.published import exports
from tests.conftest import Warehouse


def declare(warehouse: Warehouse, **export: str) -> None:
    """Leave a manifest that declares one export of marts.numbers."""
    node = {"schema": "exports", "alias": "numbers", "config": {"meta": {"export": export}}}
    target = Path(warehouse.env["DBT_TARGET_PATH"])
    target.mkdir(exist_ok=True)
    (target / "manifest.json").write_text(json.dumps({"nodes": {"model.numbers": node}}))


@pytest.fixture
def numbers(warehouse: Warehouse) -> Warehouse:
    warehouse.ingest("db", "start")
    warehouse.query(
        "create table exports.numbers as select 'Ó, \"' || n as name, n, null::int as nothing, "
        "date '1900-01-01' + n as day from generate_series(3, 1, -1) as n",
        role="transformer",
    )
    return warehouse


def test_records_as_json(numbers: Warehouse) -> None:
    declare(numbers, file="numbers.json", order_by="n")
    assert "3 rows" in numbers.ingest("export")
    written = (numbers.folder / "data" / "numbers.json").read_text(encoding="utf-8")
    assert json.loads(written)[0] == {"name": 'Ó, "1', "n": 1, "nothing": None, "day": "1900-01-02"}
    assert [row["n"] for row in json.loads(written)] == [1, 2, 3]


def test_an_object_as_json(numbers: Warehouse) -> None:
    declare(numbers, file="numbers.json", shape="object", order_by="n desc")
    numbers.ingest("export", "--to", numbers.folder)
    assert (numbers.folder / "numbers.json").read_text() == '{"Ó, \\"3":3,"Ó, \\"2":2,"Ó, \\"1":1}'


def test_csv(numbers: Warehouse) -> None:
    declare(numbers, file="numbers.csv", order_by="n")
    assert "3 rows" in numbers.ingest("export")
    lines = (numbers.folder / "data" / "numbers.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["name,n,nothing,day", '"Ó, ""1",1,,1900-01-02']
    assert len(lines) == 4


@pytest.mark.parametrize(("file", "empty"), [("n.csv", "name,n,nothing,day\n"), ("n.json", "[]")])
def test_no_rows_make_a_file_all_the_same(numbers: Warehouse, file: str, empty: str) -> None:
    numbers.query("delete from exports.numbers")
    declare(numbers, file=file, order_by="n")
    numbers.ingest("export")
    assert (numbers.folder / "data" / file).read_text() == empty


@pytest.mark.parametrize(
    ("export", "message"),
    [
        ({"file": "numbers.xls", "order_by": "n"}, "must end in"),
        ({"file": "numbers.csv"}, "meta.export takes"),
        ({"file": "numbers.csv", "order_by": "n", "colour": "red"}, "meta.export takes"),
    ],
)
def test_a_wrong_declaration_is_told(
    numbers: Warehouse, export: dict[str, str], message: str
) -> None:
    declare(numbers, **export)
    printed = numbers.ingest("export", fails=True)
    assert printed.startswith("error: exports.numbers")
    assert message in printed


def test_before_any_build_the_way_is_told(warehouse: Warehouse) -> None:
    assert "run `dbt build`" in warehouse.ingest("export", fails=True)
    declare(warehouse, file="numbers.csv", order_by="n")
    assert "is not built yet" in warehouse.ingest("export", fails=True)
    assert list((warehouse.folder / "data").iterdir()) == []


def test_a_reader_never_sees_half_a_file(numbers: Warehouse) -> None:
    numbers.query("insert into exports.numbers select 'x', n from generate_series(4, 50000) as n")
    declare(numbers, file="numbers.json", order_by="n")
    path = numbers.folder / "numbers.json"
    seen, stop = set(), threading.Event()

    def look() -> None:
        while not stop.is_set():
            if path.exists():
                seen.add(len(json.loads(path.read_text())))

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(5):
        list(exports.export_all(numbers.folder))
    stop.set()
    reader.join()
    assert seen == {50_000}
