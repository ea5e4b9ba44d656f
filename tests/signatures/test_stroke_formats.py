"""Strokes as the public sets write them: every column is published as what it is."""

from pathlib import Path

from tests.conftest import Warehouse
from tests.signatures.datasets import REJECTED, Datasets, build

SVC = b"2\r\n100 200 5 1 90 45 300\r\n101\t-2.5e1  15 0 91 44 0 \r\n"
POINTS = (
    "select source_path, x, y, z, time, pen_state, azimuth, altitude, pressure "
    "from marts.signature_points join marts.signatures using (signature_id) "
    "order by source_path, point_index"
)


def test_a_file_that_was_cut_off_between_lines_is_told(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    svc = tmp_path / "svc"
    svc.mkdir()
    (svc / "U1S1.TXT").write_bytes(b"3\r\n1 2 10 1\r\n3 4 20 0\r\n")
    (svc / "U1S2.TXT").write_bytes(b"2\r\n1 2 10 1\r\n3 4 20 0\r\n")
    warehouse.ingest("signatures", "--dataset", f"SVC2004_TASK1={svc}")
    build(warehouse)
    assert warehouse.query(REJECTED) == [
        ("SVC2004_TASK1/U1S1.TXT", "line 1", "tells 3 points, and 2 follow")
    ]
    assert warehouse.query(POINTS) == [
        ("SVC2004_TASK1/U1S2.TXT", 1, 2, None, 10, 1, None, None, None),
        ("SVC2004_TASK1/U1S2.TXT", 3, 4, None, 20, 0, None, None, None),
    ]


def test_columns_between_blanks_are_published_by_their_names(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    mine = Datasets(tmp_path / "mine")
    files = {
        "svc/U1S1.TXT": SVC,
        "svc/U1S21.TXT": b"1\n1 2 3 0 5 6 7",
        "svc/U2S1.TXT": b"1\n1 2 3 0 5 6",
        "2011/Online Genuine/001_01.HWR": b"10 20 30\n11 21 31\n",
        "2011/Online Forgeries/0119001_01.HWR": b"10 20 0\n",
        "mcyt/0001/0001v00.txt": b"1 2 3 4 5\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    named = {"S:SVC2004_TASK2": "svc", "C:SIGCOMP2011": "2011", "M:MCYT_TXT": "mcyt"}
    told = [word for n, f in named.items() for word in ("--dataset", f"{n}={tmp_path / f}")]
    mine.land(warehouse, *told)
    build(warehouse)
    published = warehouse.query(POINTS)
    assert [row for row in published if not str(row[0]).startswith("SOURCE_A")] == [
        ("C/Online Forgeries/0119001_01.HWR", 10, 20, *[None] * 5, 0),
        ("C/Online Genuine/001_01.HWR", 10, 20, *[None] * 5, 30),
        ("C/Online Genuine/001_01.HWR", 11, 21, *[None] * 5, 31),
        ("M/0001/0001v00.txt", 1, 2, None, None, None, 4, 5, 3),
        ("S/U1S1.TXT", 100, 200, None, 5, 1, 90, 45, 300),
        ("S/U1S1.TXT", 101, -25, None, 15, 0, 91, 44, 0),
        ("S/U1S21.TXT", 1, 2, None, 3, 0, 5, 6, 7),
    ]
    assert [row[1:] for row in published if str(row[0]).startswith("SOURCE_A")] == [
        (1, 2, 3, *[None] * 5),
        (0, 5, 6, *[None] * 5),
        (7, 8, 9, *[None] * 5),
    ]
    assert warehouse.query(REJECTED) == [("S/U2S1.TXT", "line 2", "has 6 values, not 7")]
    assert warehouse.query(
        "select forgers.local_id, originals.local_id from marts.signatures "
        "join marts.signees as forgers using (signee_id) join marts.signees as originals "
        "on originals.signee_id = reference_signee_id order by 1"
    ) == [("119", "1"), ("unknown forger of 1", "1")]
