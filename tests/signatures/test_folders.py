"""Which dataset a folder is: the one that counts, the same one moved, or another one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.signatures.datasets import STROKES, Datasets, origins

ROWS = """
select (select count(*) from raw_signatures.files), (select count(*) from raw_signatures.counts),
    (select count(*) from raw_signatures.index_lines),
    (select count(*) from raw_signatures.removed_files),
    (select count(*) from raw_signatures.origins)
"""


@pytest.fixture
def datasets(tmp_path: Path) -> Datasets:
    datasets = Datasets(tmp_path / "data")
    for number in range(2, 9):
        datasets.write(f"Online/Genuine/{number:03}_1.HWR", STROKES)
    return datasets


def edit(datasets: Datasets) -> Path:
    for number in range(1, 7):
        datasets.write(f"Online/Genuine/{number:03}_1.HWR", b"%d,9,9" % number)
    return datasets.a


def other(datasets: Datasets) -> Path:
    path = datasets.a.with_name("other") / "Online/Genuine"
    path.mkdir(parents=True)
    for number in range(101, 120):
        (path / f"{number}_1.HWR").write_bytes(STROKES)
    (path / "001_1.HWR").write_bytes(STROKES)
    return datasets.a.with_name("other")


@pytest.mark.parametrize(
    ("spoil", "message", "again"),
    [
        (edit, "is another edition: 6 of the 8 files that", 0),
        (other, "is another dataset: it has 1 of the 8 files that", 20),
    ],
)
def test_another_dataset_is_refused_and_takes_the_place_where_it_is_told_to(
    warehouse: Warehouse,
    datasets: Datasets,
    spoil: Callable[[Datasets], Path],
    message: str,
    again: int,
) -> None:
    datasets.land(warehouse)
    before, old = warehouse.query(ROWS), datasets.a
    copy = shutil.copytree(old, old.parent.with_name("copy"))
    datasets.a = spoil(datasets)
    for option in ((), ("--allow-shrink",)):
        printed = datasets.land(warehouse, *option, fails=True)
        (line,) = [line for line in printed.splitlines() if line.startswith("error:")]
        assert message in line
        assert f"if it is to take the place of {old}, give --replace" in line
        assert warehouse.query(ROWS) == before

    datasets.land(warehouse, "--replace")
    held = again or 8
    assert origins(warehouse) == [
        (1, str(old), "own", 8, False, f"{datasets.a} took its place"),
        (2, str(datasets.b), "own", 2, True, None),
        (3, str(datasets.a), "own", held, True, None),
    ]
    files = "select count(*) from raw_signatures.files where origin_id = 3"
    assert warehouse.query(files) == [(held,)]
    before = warehouse.query(ROWS)
    for option in ((), ("--replace",)):
        assert "nothing new" in datasets.land(warehouse, *option)
        assert warehouse.query(ROWS) == before

    shutil.rmtree(old)
    datasets.a = copy.rename(old)  # what counted first comes back, and all of it is landed
    datasets.land(warehouse, "--replace")
    (first,) = [origin for origin in origins(warehouse) if origin[1] == str(old) and origin[4]]
    assert first[0] == (4 if spoil is edit else 1)
    assert [counts for *_, counts, _ in origins(warehouse)].count(True) == 2


@pytest.mark.parametrize(
    ("other_level", "hint"),
    [
        (lambda d: d.a / "Online", "(it looks like Online of that dataset: name the folder above)"),
        (lambda d: d.a.parent, "(it looks like the folder above: name SOURCE_A in it)"),
    ],
)
def test_a_folder_of_another_level_is_refused_whatever_is_asked(
    warehouse: Warehouse, datasets: Datasets, other_level: Callable[[Datasets], Path], hint: str
) -> None:
    datasets.land(warehouse)
    before = warehouse.query(ROWS)
    datasets.a = other_level(datasets)
    for option in ((), ("--allow-shrink",), ("--replace",)):
        printed = datasets.land(warehouse, *option, fails=True)
        assert "fits the layout SOURCE_A" in printed
        assert hint in printed
        assert warehouse.query(ROWS) == before


def test_a_folder_that_lost_half_and_gained_others_shrank(
    warehouse: Warehouse, datasets: Datasets
) -> None:
    datasets.land(warehouse)
    for number in range(1, 6):
        (datasets.a / f"Online/Genuine/{number:03}_1.HWR").unlink()
    datasets.write("Online/Genuine/101_1.HWR", STROKES)
    printed = datasets.land(warehouse, fails=True)
    assert "shrank from 8 to 3 files, less than half; if that is right, give --allow-shrink" in (
        " ".join(printed.split())
    )
    datasets.land(warehouse, "--allow-shrink")
    assert [(number, counts) for number, *_, counts, _ in origins(warehouse)] == [
        (1, True),
        (2, True),
    ]


def test_a_dataset_that_moved_lands_nothing_and_one_that_changed_as_well_what_changed(
    warehouse: Warehouse, datasets: Datasets
) -> None:
    datasets.land(warehouse)
    before, old = warehouse.query(ROWS)[0], datasets.a
    datasets.a = shutil.copytree(old, old.with_name("moved"))
    shutil.rmtree(old)
    printed = datasets.land(warehouse)
    assert "nothing new" in printed
    assert f"{datasets.a} is what {old} was" in " ".join(printed.split())
    assert warehouse.query(ROWS) == [(*before[:4], before[4] + 1)]
    assert origins(warehouse)[0] == (1, str(datasets.a), "own", 8, True, None)

    datasets.a = datasets.a.rename(old.with_name("again"))
    datasets.write("Online/Genuine/001_1.HWR", b"1,1,1")
    datasets.write("Online/Genuine/009_1.HWR", STROKES)
    assert "3 rows landed" in datasets.land(warehouse)  # two files, a count
    assert origins(warehouse)[0] == (1, str(datasets.a), "own", 9, True, None)


def test_one_folder_that_serves_as_both_datasets_is_two_origins(
    warehouse: Warehouse, datasets: Datasets
) -> None:
    datasets.write("INDEX", b"0\n")
    datasets.b = datasets.a
    datasets.land(warehouse)
    assert "nothing new" in datasets.land(warehouse)
    assert [origin[:2] for origin in origins(warehouse)] == [
        (1, str(datasets.a)),
        (2, str(datasets.a)),
    ]
