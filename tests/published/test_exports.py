"""Exports: what dbt declares is what is written, whole or not at all."""

import csv
import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pyarrow.parquet
import pytest

from ingest.published.exports import Exports
from tests.conftest import Warehouse
from tests.published.declared import declare


@pytest.fixture
def numbers(warehouse: Warehouse) -> Warehouse:
    warehouse.ingest("db", "start")
    warehouse.query(
        "create table exports.numbers as select 'Ó, \"' || n as name, n, null::int as nothing, "
        "date '1900-01-01' + n as day from generate_series(3, 1, -1) as n",
        role="transformer",
    )
    warehouse.query(
        "create table exports.pairs as select name, n from exports.numbers", role="transformer"
    )
    return warehouse


def test_each_format_is_written_into_its_folder(numbers: Warehouse) -> None:
    order = {"order_by": "n"}
    declare(
        numbers,
        ("numbers", {"file": "numbers.json", **order}),
        ("numbers", {"file": "deep/er/NUMBERS.CSV", **order}),
        ("pairs", {"file": "pairs.json", "shape": "object", "order_by": "n desc"}),
    )
    assert numbers.ingest("export").count("3 rows") == 3
    data = numbers.folder / "data"
    written = json.loads((data / "numbers.json").read_text(encoding="utf-8"))
    assert written[0] == {"name": 'Ó, "1', "n": 1, "nothing": None, "day": "1900-01-02"}
    assert [row["n"] for row in written] == [1, 2, 3]
    assert (data / "pairs.json").read_text() == '{"Ó, \\"3":3,"Ó, \\"2":2,"Ó, \\"1":1}'
    lines = (data / "deep" / "er" / "NUMBERS.CSV").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["name,n,nothing,day", '"Ó, ""1",1,,1900-01-02']
    assert len(lines) == 4


def test_no_rows_make_a_file_all_the_same(numbers: Warehouse) -> None:
    numbers.query("delete from exports.numbers; delete from exports.pairs")
    order = {"order_by": "n"}
    files = {
        "n.csv": b"name,n,nothing,day\n",
        "n.tsv": b"name\tn\tnothing\tday\n",
        "n.json": b"[]",
        "n.jsonl": b"",
    }
    declare(
        numbers,
        *(("numbers", {"file": file, **order}) for file in (*files, "n.parquet", "n.db")),
        ("pairs", {"file": "o.json", "shape": "object", **order}),
    )
    numbers.ingest("export")
    for file, content in {**files, "o.json": b"{}"}.items():
        assert (numbers.folder / "data" / file).read_bytes() == content
    with closing(sqlite3.connect(numbers.folder / "data" / "n.db")) as database:
        assert database.execute("select count(*) from n").fetchall() == [(0,)]


def test_rows_that_the_order_does_not_tell_apart_come_in_one_order(numbers: Warehouse) -> None:
    path = numbers.folder / "data" / "n.csv"
    declare(numbers, ("numbers", {"file": "n.csv", "order_by": "nothing"}))
    numbers.ingest("export")
    before = path.read_bytes()
    numbers.query(
        "create table exports.other as select * from exports.numbers order by n; "
        "drop table exports.numbers; alter table exports.other rename to numbers",
        role="transformer",
    )
    numbers.ingest("export")
    assert path.read_bytes() == before


def test_the_order_is_that_of_the_values_not_of_their_texts(numbers: Warehouse) -> None:
    numbers.query("insert into exports.numbers select 'x', n from generate_series(4, 12) as n")
    files = [f"n.{ending}" for ending in ("csv", "jsonl", "db", "parquet")]
    declare(numbers, *(("numbers", {"file": file, "order_by": "n desc"}) for file in files))
    numbers.ingest("export")
    data, expected = numbers.folder / "data", list(range(12, 0, -1))
    with (data / "n.csv").open() as file:
        assert [int(row["n"]) for row in csv.DictReader(file)] == expected
    assert [json.loads(row)["n"] for row in (data / "n.jsonl").open()] == expected
    with closing(sqlite3.connect(data / "n.db")) as database:
        assert [n for (n,) in database.execute("select n from n order by rowid")] == expected
    assert pyarrow.parquet.read_table(data / "n.parquet")["n"].to_pylist() == expected


def test_a_sqlite_file_has_the_key_of_the_contract_and_the_indexes_and_views_that_are_declared(
    numbers: Warehouse,
) -> None:
    export = {
        "file": "numbers.db",
        "order_by": "n",
        "indexes": ["name", "day, n"],
        "views": {"latest": "select name from numbers where n = 3"},
    }
    columns = {
        "n": {"constraints": [{"type": "not_null"}, {"type": "primary_key"}]},
        "name": {"constraints": [{"type": "not_null"}]},
    }
    declare(numbers, ("numbers", export), columns=columns)
    numbers.ingest("export")
    with closing(sqlite3.connect(numbers.folder / "data" / "numbers.db")) as database:
        columns_of = database.execute("pragma table_info(numbers)").fetchall()
        assert [(c[1], c[2], bool(c[3]), c[5]) for c in columns_of] == [
            ("name", "TEXT", True, 0),
            ("n", "INTEGER", True, 1),
            ("nothing", "INTEGER", False, 0),
            ("day", "TEXT", False, 0),
        ]
        names = {name for (name,) in database.execute("select name from sqlite_master")}
        assert {"numbers_name", "numbers_day_n"} <= names
        assert database.execute("select * from latest").fetchall() == [('Ó, "3',)]
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
    declare(numbers, ("numbers", {**export, "views": {"latest": "select wrong from numbers"}}))
    printed = numbers.ingest("export", fails=True)
    assert "exports.numbers: view latest of numbers.db: no such column: wrong" in printed


def test_a_file_that_no_export_writes_any_more_is_named_and_tidied_away(
    numbers: Warehouse,
) -> None:
    data = numbers.folder / "data"
    old = ("numbers", {"file": "sub/old.csv", "order_by": "n"})
    kept = ("pairs", {"file": "pairs.csv", "order_by": "n"})
    declare(numbers, old, kept)
    numbers.ingest("export")
    (data / "own.csv").write_text("mine")
    declare(numbers, kept)
    assert "sub/old.csv: no export writes it any more" in numbers.ingest("export")
    assert (data / "sub" / "old.csv").exists()
    declare(numbers, kept, ("numbers", {"file": "sub/old.csv"}))
    numbers.ingest("export", "--tidy", fails=True)
    assert (data / "sub" / "old.csv").exists(), "a faulty declaration is one all the same"
    declare(numbers, kept)
    assert "sub/old.csv: removed" in numbers.ingest("export", "--tidy")
    assert not (data / "sub" / "old.csv").exists()
    assert (data / "own.csv").exists()
    assert "no export writes it" not in numbers.ingest("export")


def test_before_any_build_the_way_is_told(warehouse: Warehouse) -> None:
    assert "run `dbt build`" in warehouse.ingest("export", fails=True)
    declare(warehouse, ("numbers", {"file": "numbers.csv", "order_by": "n"}))
    assert "is not built yet" in warehouse.ingest("export", fails=True)
    assert not (warehouse.folder / "data" / "numbers.csv").exists()


def test_a_reader_never_sees_half_a_file(numbers: Warehouse) -> None:
    numbers.query("insert into exports.numbers select 'x', n from generate_series(4, 50000) as n")
    declare(numbers, ("numbers", {"file": "numbers.json", "order_by": "n"}))
    path = numbers.folder / "numbers.json"
    seen, stop = set(), threading.Event()

    def look() -> None:
        while not stop.is_set():
            if path.exists():
                seen.add(len(json.loads(path.read_text())))

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(5):
        list(Exports(Path(numbers.folder)).write())
    stop.set()
    reader.join()
    assert seen == {50_000}
