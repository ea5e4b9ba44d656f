"""What the next run and build make of files that were added, changed, renamed or deleted."""

import os
from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.signatures.datasets import PUBLISHED, REJECTED, STROKES, Datasets, build

POINTS = (
    "select source_path, point_index, x, y, z from marts.signature_points "
    "join marts.signatures using (signature_id) order by 1, 2"
)
HELD = "select source_path, signature_id, point_count from marts.signatures order by 1"


@pytest.fixture
def datasets(tmp_path: Path) -> Datasets:
    return Datasets(tmp_path / "data")


def test_added_changed_renamed_and_deleted_files_show_after_the_next_run(
    warehouse: Warehouse, datasets: Datasets
) -> None:
    for number in range(2, 7):
        datasets.write(f"Online/Genuine/00{number}_1.HWR", STROKES)
    datasets.write("Online/Forgeries/0009006_1.HWR", STROKES)
    datasets.land(warehouse)
    build(warehouse)
    ids = {path: signature for path, signature, _ in warehouse.query(HELD)}

    datasets.write("Online/Genuine/002_1.HWR", b"5,5,5\n")
    (datasets.a / "Online/Genuine/003_1.HWR").rename(datasets.a / "Online/Genuine/003_2.HWR")
    (datasets.a / "Online/Genuine/004_1.HWR").unlink()
    datasets.write("Online/Genuine/005_1.HWR", b"5,5\n")
    (datasets.a / "Online/Genuine/006_1.HWR").unlink()
    datasets.write("Online/Genuine/007_1.HWR", b"7,7,7\n8,8,8")
    assert "6 rows landed" not in datasets.land(warehouse)
    build(warehouse)

    online = "SOURCE_A/Online/Genuine/"
    held = {path: (signature, count) for path, signature, count in warehouse.query(HELD)}
    assert held.pop(f"SOURCE_B/{datasets.first[0]}/{datasets.first[:8]}")
    assert held[f"{online}001_1.HWR"] == (ids[f"{online}001_1.HWR"], 3)
    assert held[f"{online}002_1.HWR"] == (ids[f"{online}002_1.HWR"], 1)
    assert sorted(held) == [f"{online}00{n}.HWR" for n in ("1_1", "2_1", "3_2", "7_1")]
    assert warehouse.query(REJECTED) == [
        (
            "SOURCE_A/Online/Forgeries/0009006_1.HWR",
            "file",
            "its original, signee 6, has no accepted genuine signature",
        ),
        (f"{online}005_1.HWR", "line 1", "has 2 values, not 3"),
    ]
    points = warehouse.query(POINTS)
    assert [row for row in points if "002_1" in str(row[0])] == [(f"{online}002_1.HWR", 1, 5, 5, 5)]

    datasets.write("Online/Genuine/006_1.HWR", STROKES)
    datasets.land(warehouse)
    build(warehouse)
    assert (f"{online[:-8]}Forgeries/0009006_1.HWR",) in warehouse.query(PUBLISHED)

    before = warehouse.query(POINTS)
    build(warehouse, "--full-refresh")
    assert warehouse.query(POINTS) == before


def test_a_run_lands_what_changed_and_no_more(warehouse: Warehouse, datasets: Datasets) -> None:
    for number in range(2, 50):
        datasets.write(f"Online/Genuine/{number:03}_1.HWR", STROKES)
    datasets.land(warehouse)
    (datasets.a / "Online/Genuine/002_1.HWR").unlink()
    datasets.write("Online/Genuine/003_1.HWR", b"1,1,1")
    os.utime(datasets.a / "Online/Genuine/004_1.HWR", (1, 1))  # touched, not changed
    assert "3 rows landed" in datasets.land(warehouse)  # a file, a removal, a count
    assert "nothing new" in datasets.land(warehouse)


def test_the_same_size_and_time_does_not_hide_a_change(
    warehouse: Warehouse, datasets: Datasets
) -> None:
    path = datasets.write("Online/Genuine/002_1.HWR", b"1,1,1")
    os.utime(path, (1e9, 1e9))
    datasets.land(warehouse)
    path.write_bytes(b"2,2,2")
    os.utime(path, (1e9, 1e9))
    assert "1 row landed" in datasets.land(warehouse)


def test_a_changed_index_replaces_the_one_before(warehouse: Warehouse, datasets: Datasets) -> None:
    forgery = datasets.first.replace(datasets.first[:8], "12345678")
    datasets.index({datasets.first: "", forgery: datasets.first})
    datasets.land(warehouse)
    build(warehouse)
    assert warehouse.query("select count(*) from marts.signatures where is_forgery") == [(1,)]
    datasets.index({datasets.first: "", forgery: ""})
    datasets.land(warehouse)
    build(warehouse)
    assert warehouse.query("select count(*) from marts.signatures where is_forgery") == [(0,)]
    assert warehouse.query("select count(*) from marts.signatures") == [(3,)]


def test_a_folder_that_lost_half_its_files_is_refused(
    warehouse: Warehouse, datasets: Datasets
) -> None:
    paths = [datasets.write(f"Online/Genuine/{n:03}_1.HWR", STROKES) for n in range(2, 9)]
    datasets.land(warehouse)
    for path in paths[:5]:
        path.unlink()
    assert "shrank from 8 to 3 files" in datasets.land(warehouse, fails=True)
    datasets.land(warehouse, "--allow-shrink")
    build(warehouse)
    assert len(warehouse.query(PUBLISHED)) == 4
