"""Values of every type, in every format: rendered once, by the engine, and nothing lost."""

import csv
import gzip
import io
import json
import math
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from tests.conftest import Warehouse
from tests.published.declared import declare

# SQL of a value; as a field of CSV; as JSON; in SQLite; in Parquet.
VALUES: dict[str, tuple[str, str, Any, Any, Any]] = {
    "nothing": ("null::text", "", None, None, None),
    "empty": ("''", '""', "", "", ""),
    "quote": ("e'a\"\\n,b'", '"a""\n,b"', 'a"\n,b', 'a"\n,b', 'a"\n,b'),
    "tab": ("e'a\\tb'", "a\tb", "a\tb", "a\tb", "a\tb"),
    "truth": ("true", "true", True, 1, True),
    "whole": ("9007199254740993::bigint",) + ("9007199254740993",) + (9007199254740993,) * 3,
    "real": ("0.1::float8", "0.1", 0.1, 0.1, 0.1),
    "nan": ("'NaN'::float8", "NaN", "NaN", "NaN", math.nan),
    "infinite": ("'-Infinity'::float8", "-Infinity", "-Infinity", -math.inf, -math.inf),
    "money": ("1234.50::numeric(12, 2)", "1234.50", 1234.5, 1234.5, Decimal("1234.50")),
    "average": ("1.25::numeric", "1.25", 1.25, 1.25, 1.25),
    "bytes": (
        r"""'\x00ff22'::bytea || decode(repeat('61', 99), 'hex')""",
        *("AP8i" + "YWFh" * 33,) * 2,
        *(b"\x00\xff\x22" + b"a" * 99,) * 2,
    ),
    "day": ("date '1900-02-28'", *("1900-02-28",) * 3, date(1900, 2, 28)),
    "moment": (
        "timestamptz '2026-01-02 03:04:05.678+01'",
        *("2026-01-02T02:04:05.678+00:00",) * 3,
        datetime(2026, 1, 2, 2, 4, 5, 678000, timezone.utc),
    ),
    "local": (
        "timestamp '2026-01-02 03:04:05'",
        *("2026-01-02T03:04:05",) * 3,
        datetime(2026, 1, 2, 3, 4, 5),
    ),
    "lasting": ("interval '1 day 2 hours'", *("P1DT2H",) * 4),
    "numbers": ("array[1, null, 3]", '"[1,null,3]"', [1, None, 3], "[1,null,3]", "[1,null,3]"),
    "texts": ("array['a', 'b\"']", '"[""a"",""b\\""""]"', ["a", 'b"'], *(r'["a","b\""]',) * 2),
    "nested": (
        """'{"a": [1, {"b": null}]}'::jsonb""",
        '"{""a"": [1, {""b"": null}]}"',
        {"a": [1, {"b": None}]},
        *('{"a": [1, {"b": null}]}',) * 2,
    ),
    "as_given": ("""e'[1,\\n2]'::json""", '"[1,\n2]"', [1, 2], "[1,\n2]", "[1,\n2]"),
    "between": ("int4range(1, 5)", '"[1,5)"', *("[1,5)",) * 3),
    "formula": ("'=cmd|x'", *("=cmd|x",) * 4),
}
# What Parquet has no value for, and says so: see test_declarations
ELSEWHERE = {
    "for_ever": ("'infinity'::date", *("infinity",) * 3),
    "roman": ("date '0044-03-15 BC'", *("0044-03-15 BC",) * 3),
    "late": ("date '12345-01-02'", *("12345-01-02",) * 3),
}
FILES = [f"v.{kind}{gz}" for kind in ("csv", "tsv", "json", "jsonl", "db") for gz in ("", ".gz")]


@pytest.fixture
def written(warehouse: Warehouse) -> Callable[[str], bytes]:
    """Write one row of all values in every format; return what reads a file, unpacked."""

    def table(name: str, values: dict[str, Any]) -> str:
        columns = ", ".join(f"{value[0]} as {column}" for column, value in values.items())
        return f"create table exports.{name} as select {columns}"

    warehouse.ingest("db", "start")
    warehouse.query(table("values", {**VALUES, **ELSEWHERE}), role="transformer")
    warehouse.query(table("fewer", VALUES), role="transformer")
    order = {"order_by": "empty"}
    declare(
        warehouse,
        *(("values", {"file": file, **order}) for file in FILES),
        ("values", {"file": "guarded.csv", "spreadsheet": True, **order}),
        ("fewer", {"file": "v.parquet", **order}),
        ("fewer", {"file": "v.parquet.gz", **order}),
    )
    assert warehouse.ingest("export").count("1 row\n") == len(FILES) + 3

    def read(file: str) -> bytes:
        content = (warehouse.folder / "data" / file).read_bytes()
        return gzip.decompress(content) if file.endswith(".gz") else content

    return read


def test_values_of_every_type_in_every_format(
    written: Callable[[str], bytes], tmp_path: Path
) -> None:
    everything = {**VALUES, **ELSEWHERE}
    fields = [value[1] for value in everything.values()]
    for gz in ("", ".gz"):
        assert written(f"v.csv{gz}").decode() == f"{','.join(everything)}\n{','.join(fields)}\n"
        (row,) = csv.DictReader(io.StringIO(written(f"v.tsv{gz}").decode()), delimiter="\t")
        (plain,) = csv.DictReader(io.StringIO(written("v.csv").decode()))
        assert row == plain
        as_json = {name: value[2] for name, value in everything.items()}
        assert json.loads(written(f"v.json{gz}")) == [as_json]
        (line,) = written(f"v.jsonl{gz}").splitlines()
        assert json.loads(line) == as_json

        (tmp_path / "v.db").write_bytes(written(f"v.db{gz}"))
        with closing(sqlite3.connect(tmp_path / "v.db")) as database:
            (stored,) = database.execute("select * from v").fetchall()
        assert dict(zip(everything, stored, strict=True)) == {
            n: v[3] for n, v in everything.items()
        }

        found = pyarrow.parquet.read_table(pyarrow.BufferReader(written(f"v.parquet{gz}")))
        (held,) = found.to_pylist()
        assert math.isnan(held.pop("nan"))
        assert held == {name: value[4] for name, value in VALUES.items() if name != "nan"}
        assert found.schema.field("money").type == pyarrow.decimal128(12, 2)


def test_a_spreadsheet_gets_no_formula(written: Callable[[str], bytes]) -> None:
    (row,) = csv.DictReader(io.StringIO(written("guarded.csv").decode()))
    assert row["formula"] == "'=cmd|x"
    assert row["infinite"] == "-Infinity"
    assert row["quote"] == 'a"\n,b'
