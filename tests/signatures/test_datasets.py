"""Any dataset of a declared layout, under a name of its own, beside the others."""

from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.signatures.datasets import REJECTED, STROKES, Datasets, build, forget

PUBLISHED = "select source, is_forgery, count(*) from marts.signatures group by 1, 2 order by 1, 2"
POINTS = (
    "select source, x from marts.signature_points join marts.signatures using (signature_id) "
    "where point_index = 1 order by 1"
)


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def test_datasets_of_all_layouts_stand_side_by_side(warehouse: Warehouse, tmp_path: Path) -> None:
    first, other = Datasets(tmp_path / "first"), Datasets(tmp_path / "other")
    other.write("Online/Genuine/001_1.HWR", b"7" + STROKES)  # another edition, same names
    cedar = fill(
        tmp_path / "cedar",
        *("full_org/original_1_1.png", "full_org/original_2_1.png", "full_forg/forgeries_1_1.png"),
    )
    bhsig = fill(
        tmp_path / "bhsig",
        *("Hindi/001/H-S-001-G-01.tif", "Hindi/001/H-S-001-F-01.tif", "Hindi/002/H-S-002-F-1.tif"),
    )
    nfi = fill(tmp_path / "nfi", "NFI-00101001.png", "NFI-00201001.png", "list.txt")
    told = [
        *("--source-a", first.a, "--source-b", first.b),
        *("--dataset", f"EDITION-2:SOURCE_A={other.a}", "--dataset", f"B2:SOURCE_B={first.b}"),
        *("--dataset", f"CEDAR={cedar}", "--dataset", f"BHSIG260={bhsig}"),
        *("--dataset", f"NFI:SIGCOMP2009={nfi}"),
    ]
    warehouse.ingest("signatures", *told)
    assert "nothing new" in warehouse.ingest("signatures", *told)
    build(warehouse)
    assert warehouse.query(PUBLISHED) == [
        *(("B2", False, 1), ("BHSIG260", False, 1), ("BHSIG260", True, 1)),
        *(("CEDAR", False, 2), ("CEDAR", True, 1), ("EDITION-2", False, 1)),
        *(("NFI", False, 1), ("NFI", True, 1), ("SOURCE_A", False, 1), ("SOURCE_B", False, 1)),
    ]
    assert warehouse.query(POINTS) == [("EDITION-2", 71.0), ("SOURCE_A", 1.0)]
    assert [(origin, reason.split(",")[0]) for origin, _, reason in warehouse.query(REJECTED)] == [
        ("BHSIG260/Hindi/002/H-S-002-F-1.tif", "its original"),
        (
            "NFI/list.txt",
            "name is not NFI-<3 digits of who wrote><2 of the sample><3 of whose signature it is>"
            ".<ending>",
        ),
    ]
    assert warehouse.query(
        "select count(distinct signee_id) = count(*) from marts.signees where local_id = '1'"
    ) == [(True,)]

    warehouse.ingest("signatures", "--dataset", f"EDITION-2:SOURCE_A={other.a}", "--replace")
    forget(first.a)
    build(warehouse)
    assert warehouse.query(POINTS) == [("EDITION-2", 71.0)]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("SOURCE_A={a}/Online", "fits the layout SOURCE_A: 2 of 2 lie in none of Offline/Genuine,"),
        ("SOURCE_A={a}/small", "fits the layout SOURCE_A: 1 of 1 lie in none of Offline/Genuine,"),
        ("SOURCE_A={a}/names", "fits the layout SOURCE_A: 1 of 1 have names of another kind"),
        ("CEDAR={a}", "fits the layout CEDAR: 4 of 4 lie in none of (?:.*/)?full_org,"),
        ("X={a}", "no layout 'X' is declared; there are SOURCE_A, SOURCE_B, "),
        ("X:Y={a}", "no layout 'Y' is declared"),
        ("REGISTERED:SOURCE_A={a}", "is not NAME=FOLDER or NAME:LAYOUT=FOLDER"),
        ("a/b:SOURCE_A={a}", "is not NAME=FOLDER or NAME:LAYOUT=FOLDER"),
        ("{a}", "is not NAME=FOLDER or NAME:LAYOUT=FOLDER"),
        ("SOURCE_A={a}/nowhere", "nowhere cannot be listed"),
        ("MINE:SOURCE_B={a}", "has no INDEX"),
    ],
)
def test_what_fits_no_layout_is_an_error(
    warehouse: Warehouse, tmp_path: Path, told: str, message: str
) -> None:
    folder = fill(
        tmp_path / "SOURCE_A",
        *("Online/Genuine/001_1.HWR", "Online/Forgeries/0001001_1.HWR"),
        *("small/offline/Genuine/001_1.HWR", "names/Offline/Genuine/one.HWR"),
    )
    printed = warehouse.ingest("signatures", "--dataset", told.format(a=folder), fails=True)
    (line,) = [line for line in printed.splitlines() if line.startswith("error:")]
    assert message in line
    assert warehouse.query("select count(*) from raw_signatures.files") == [(0,)]


def test_a_dataset_is_named_once_and_follows_its_layout(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "mine", "full_org/original_1_1.png", "Offline/Genuine/1_1.png")
    twice = ("--dataset", f"M:CEDAR={folder}", "--dataset", f"M:SOURCE_A={folder}")
    printed = warehouse.ingest("signatures", *twice, fails=True)
    assert "the dataset M is named more than once" in printed
    paths = "select source_path from marts.signatures"
    for layout, path in (
        ("CEDAR", "M/full_org/original_1_1.png"),
        ("SOURCE_A", "M/Offline/Genuine/1_1.png"),
    ):
        warehouse.ingest("signatures", "--dataset", f"M:{layout}={folder}")
        build(warehouse)
        assert warehouse.query(paths) == [(path,)]
