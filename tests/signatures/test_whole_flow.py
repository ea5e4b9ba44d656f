"""Signatures from files to marts, on the captured upstream data."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.conftest import UPSTREAM, Warehouse, needs_upstream
from tests.signatures.datasets import REJECTED, build

SIGNATURES = UPSTREAM / "signatures"
TABLES = {
    "marts.signees": "signee_id",
    "marts.signatures": "signature_id",
    "marts.signature_points": "signature_id, point_index",
    "marts.signature_assets": "asset_id",
    "intermediate.int_signatures__rejected_records": "origin, position",
    "intermediate.int_signatures__reconciliation": "record_table, origin",
}
pytestmark = needs_upstream


def land(warehouse: Warehouse, folder: Path = SIGNATURES) -> str:
    return warehouse.ingest(
        *("signatures", "--source-a", folder / "SOURCE_A", "--source-b", folder / "SOURCE_B")
    )


def contents(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: warehouse.query(
            f"select * from {table} order by {order}",
            role="analyst" if table.startswith("marts.") else None,
        )
        for table, order in TABLES.items()
    }


def test_upstream_is_accounted_for_and_a_rerun_changes_nothing(warehouse: Warehouse) -> None:
    land(warehouse)
    build(warehouse, "+marts.warehouse")

    assert warehouse.query(
        "select source, medium, is_forgery, count(*), count(reference_signee_id), "
        "count(reference_signature_id) from marts.signatures group by 1, 2, 3 order by 1, 2, 3"
    ) == [
        ("SOURCE_A", "offline", False, 9, 0, 0),
        ("SOURCE_A", "offline", True, 8, 8, 0),
        ("SOURCE_A", "online", False, 7, 0, 0),
        ("SOURCE_A", "online", True, 6, 6, 0),
        ("SOURCE_B", "online", False, 4, 0, 0),
        ("SOURCE_B", "online", True, 3, 3, 3),
    ]
    assert warehouse.query(REJECTED) == [
        ("SOURCE_A/Online/Forgeries/0123004_1.HWR", "line 2", "has 2 values, not 3"),
        ("SOURCE_A/Online/Genuine/001_2.HWR", "line 1", "is empty"),
        ("SOURCE_A/Online/Genuine/004_4.HWR", "line 3", "has 2 values, not 3"),
        ("SOURCE_A/Online/Genuine/010_7.HWR", "line 3", "has 4 values, not 3"),
    ]
    assert warehouse.query(REJECTED) == warehouse.query(
        "select origin, position, reason from marts.rejected_records "
        "where source = 'signatures' order by origin, position",
        role="analyst",
    )
    assert warehouse.query(
        "select sum(read), sum(accepted), sum(rejected) "
        "from marts.ingest_reconciliation where origin like 'SOURCE_A/%%'"
    ) == [(34, 30, 4)]
    assert warehouse.query(
        "select read, accepted from intermediate.int_signatures__reconciliation "
        "where record_table = %s",
        "index_entries",
    ) == [(7, 7)]

    before = contents(warehouse)
    runs = "select outcome, rows_landed from raw_ledger.runs order by run_id"
    for _ in range(2):
        assert "nothing new" in land(warehouse)
        build(warehouse)
    assert contents(warehouse) == before
    assert [outcome for outcome, _ in warehouse.query(runs)] == ["loaded"] + 2 * ["nothing new"]


def test_points_are_the_exact_numbers_of_the_files(warehouse: Warehouse) -> None:
    land(warehouse)
    build(warehouse)
    published = warehouse.query(
        "select source_path, array_agg(array[x, y, z] order by point_index), "
        "array_agg(point_index order by point_index), max(point_count) "
        "from marts.signature_points join marts.signatures using (signature_id) group by 1"
    )
    assert len(published) == 13
    for path, points, positions, count in published:
        lines = (SIGNATURES / path).read_text().split("\n")
        assert points == [[float(value) for value in line.split(",")] for line in lines], path
        assert positions == list(range(1, count + 1))


def test_raw_holds_every_file_byte_for_byte(warehouse: Warehouse) -> None:
    land(warehouse)
    held = warehouse.query(
        "select source || '/' || path, content, size_bytes, sha256, "
        "extract(epoch from modified_at)::float8 from raw_signatures.files where path <> 'INDEX'"
    )
    there = [p for p in SIGNATURES.rglob("*") if p.is_file() and p.name != "INDEX"]
    assert sorted(row[0] for row in held) == sorted(
        p.relative_to(SIGNATURES).as_posix() for p in there
    )
    for path, content, size, sha256, modified in held:
        file = SIGNATURES / path
        assert bytes(content) == file.read_bytes()
        assert (size, sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert modified == pytest.approx(file.stat().st_mtime, abs=1e-5)
    lines = warehouse.query("select raw_bytes from raw_signatures.index_lines order by line")
    index = (SIGNATURES / "SOURCE_B" / "INDEX").read_bytes()
    assert b"".join(bytes(line) + b"\n" for (line,) in lines) == index


def test_ids_are_the_same_wherever_the_data_lies(warehouse: Warehouse, tmp_path: Path) -> None:
    land(warehouse)
    build(warehouse)
    before = contents(warehouse)
    shutil.copytree(SIGNATURES, tmp_path / "moved")  # with other inodes and times of change
    assert "nothing new" in land(warehouse, tmp_path / "moved")
    warehouse.query("truncate raw_signatures._dlt_loads")
    warehouse.query("delete from raw_ledger.runs")
    land(warehouse, tmp_path / "moved")
    warehouse.query("update raw_signatures.files set run_id = 1")
    warehouse.query("update raw_signatures.index_lines set run_id = 1")
    build(warehouse, "--full-refresh")
    assert contents(warehouse) == before
