"""Wrong declarations: each told in one line before anything is written, and the others written."""

from typing import Any

import pytest

from tests.conftest import Warehouse
from tests.published.declared import declare

ORDER = {"order_by": "n"}
WRONG: list[tuple[Any, str]] = [
    ({"file": "a.xls", **ORDER}, "file 'a.xls' must end in one of .csv"),
    ({"file": "a.csv.zip", **ORDER}, "file 'a.csv.zip' must end in one of .csv"),
    ({"file": "../a.csv", **ORDER}, "file '../a.csv' is no place inside the folder"),
    ({"file": "a/../../a.csv", **ORDER}, "is no place inside the folder"),
    ({"file": "/tmp/a.csv", **ORDER}, "file '/tmp/a.csv' is no place inside the folder"),
    ({"file": "a//.csv", **ORDER}, "file 'a//.csv' must end in"),
    ({"file": ".exports.json", **ORDER}, "is no place inside the folder"),
    ({"file": "a\nb.csv", **ORDER}, "is no place inside the folder"),
    ({**ORDER}, "file is missing"),
    ("a.csv", "file is missing or no text: 'a.csv'"),
    ({"file": 7, **ORDER}, "file is missing or no text"),
    ({"file": "b.csv"}, "order_by must name columns, not None"),
    ({"file": "c.csv", "order_by": ["n"]}, "order_by must name columns, not ['n']"),
    ({"file": "d.csv", "order_by": "nosuch"}, "order_by 'nosuch' is no order of its rows: column"),
    ({"file": "e.csv", "order_by": "'n'"}, """order_by "'n'" is no order of its rows"""),
    ({"file": "f.csv", "order_by": "n; drop table exports.numbers"}, "is no order of its rows"),
    ({"file": "g.json", "shape": "objekt", **ORDER}, "shape is 'objekt', not records or object"),
    ({"file": "h.csv", "shape": "object", **ORDER}, "shape is for files that end in .json"),
    ({"file": "i.csv", "colour": "red", **ORDER}, "not 'colour'"),
    ({"file": "j.csv", "spreadsheet": "yes", **ORDER}, "spreadsheet is 'yes', not true or false"),
    ({"file": "k.db", "indexes": ["nosuch"], **ORDER}, "indexes names 'nosuch'"),
    ({"file": "l.json", "shape": "object", **ORDER}, "takes two columns, a key and its value, not"),
]


@pytest.fixture
def numbers(warehouse: Warehouse) -> Warehouse:
    warehouse.ingest("db", "start")
    for statement in (
        "create table exports.numbers as select n, 1 as one, 'x' as x from generate_series(1, 3) n",
        "create table exports.twice as select 'same' as key, n from generate_series(1, 3) n",
        "create table exports.nulls as select null::text as key, 1 as n",
    ):
        warehouse.query(statement, role="transformer")
    return warehouse


def test_what_is_wrong_is_told_with_model_and_value_and_the_rest_is_written(
    numbers: Warehouse,
) -> None:
    declare(
        numbers,
        *(("numbers", meta) for meta, _ in WRONG),
        ("twice", {"file": "t.json", "shape": "object", **ORDER}),
        ("nulls", {"file": "u.json", "shape": "object", **ORDER}),
        ("numbers", {"file": "same.csv", **ORDER}),
        ("twice", {"file": "SAME.csv", **ORDER}),
        ("never_built", {"file": "never.csv", **ORDER}),
        ("numbers", {"file": "right.csv", **ORDER}),
    )
    printed = numbers.ingest("export", fails=True)
    told = [line for line in printed.splitlines() if line.startswith("error: exports.")]
    for _, message in WRONG:
        assert any(message in line for line in told), message
    for message in (
        "exports.twice: shape object of t.json has the key 'same' twice",
        "exports.nulls: shape object of u.json has a key that is null",
        "exports.numbers and exports.twice: SAME.csv is one file, and each needs its own",
        "exports.never_built: is not built yet: run `dbt build`",
    ):
        assert f"error: {message}" in told
    data = numbers.folder / "data"
    assert {path.name for path in data.iterdir()} == {"right.csv", ".exports.json"}
    assert numbers.query("select count(*) from exports.numbers") == [(3,)]


def test_a_file_that_cannot_be_written_does_not_keep_the_others(numbers: Warehouse) -> None:
    (numbers.folder / "data" / "a.csv").mkdir(parents=True)
    numbers.query("create table exports.days as select date 'infinity' as day", role="transformer")
    declare(
        numbers,
        ("numbers", {"file": "a.csv", **ORDER}),
        ("numbers", {"file": "b.csv/c.csv", **ORDER}),
        ("numbers", {"file": "b.csv", **ORDER}),
        ("days", {"file": "days.parquet", "order_by": "day"}),
        ("numbers", {"file": "z.csv", **ORDER}),
    )
    printed = numbers.ingest("export", fails=True)
    assert "exports.numbers: a.csv cannot be written: Is a directory" in printed
    assert "exports.numbers: b.csv/c.csv cannot be written" in printed
    assert "exports.days: days.parquet cannot be written: cannot subtract infinite" in printed
    assert "z.csv: 3 rows" in printed
