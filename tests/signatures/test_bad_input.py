"""Each fault ends as one line that names it, or as a rejected record; nothing is unaccounted."""

import os
from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.signatures.datasets import REJECTED, STROKES, Datasets, build, uuid


@pytest.fixture
def datasets(tmp_path: Path) -> Datasets:
    return Datasets(tmp_path / "data")


def test_a_folder_with_one_of_each_fault_adds_up(
    warehouse: Warehouse, datasets: Datasets, tmp_path: Path
) -> None:
    good = "Online/Genuine/001_1.HWR"
    datasets.write("Online/Genuine/0001_01.HWR", STROKES)  # the same signature again
    datasets.write("Online/Genuine/002_1.HWR", STROKES)
    datasets.write("Online/Genuine/02_1.hwr", b"9,9,9")  # the same with other content
    datasets.write("Online/Forgeries/0001001_1.HWR", STROKES)
    datasets.write("Online/Forgeries/0001002_1.HWR", STROKES)
    datasets.write("Thumbs.db", b"\0\1")
    datasets.write("Online/Genuine/deeper/001_1.HWR", STROKES)
    datasets.write("Offline/Genuine/001_1.png", b"")
    datasets.write("Offline/Genuine/new\nline.png", b"")
    datasets.write("Online/Genuine/001_3.HWR", b"1,2,\xff\n")
    odd = os.fsencode(datasets.a / "Offline" / "Genuine") + b"/\xff\\.png"
    Path(os.fsdecode(odd)).write_bytes(b"")
    os.mkfifo(datasets.a / "Online/Genuine/001_4.HWR")
    (datasets.a / "Online/Genuine/001_5.HWR").symlink_to(tmp_path / "nowhere")
    (datasets.a / "Online/again").symlink_to(datasets.a)
    with (datasets.a / "Online/Genuine/001_6.HWR").open("wb") as file:
        file.truncate((32 << 20) + 1)
    datasets.land(warehouse)
    assert "nothing new" in datasets.land(warehouse)
    build(warehouse)

    rejected = {o.removeprefix("SOURCE_A/"): (p, r) for o, p, r in warehouse.query(REJECTED)}
    other = ("file", "another file with other content claims to be this signature")
    nowhere = "lies in none of Offline/Genuine, Offline/Forgeries, Online/Genuine, Online/Forgeries"
    name = "name is not <digits of the signee>_<digits of the sample>.<ending>"
    assert rejected == {
        "Online/Genuine/002_1.HWR": other,
        "Online/Genuine/02_1.hwr": other,
        "Online/Forgeries/0001002_1.HWR": (
            "file",
            "its original, signee 2, has no accepted genuine signature",
        ),
        "Thumbs.db": ("name", nowhere),
        "Online/Genuine/deeper/001_1.HWR": ("name", nowhere),
        "Offline/Genuine/new\nline.png": ("name", name),
        "Offline/Genuine/\\xff\\\\.png": ("name", name),
        "Online/Genuine/001_3.HWR": ("line 1", "value 3 is no finite number"),
        "Online/Genuine/001_4.HWR": ("file", "is not a regular file"),
        "Online/Genuine/001_5.HWR": ("file", "is a link to nothing: No such file or directory"),
        "Online/again": ("file", "is a link to a folder that it lies in"),
        "Online/Genuine/001_6.HWR": ("file", "is larger than 32 MiB"),
    }
    assert warehouse.query(
        "select sum(read), sum(accepted), sum(rejected), sum(duplicate) "
        "from intermediate.int_signatures__reconciliation where origin like 'SOURCE_A%%'"
    ) == [(16, 3, 12, 1)]
    kept = warehouse.query("select source_path from marts.signatures where point_count > 0")
    assert (f"SOURCE_A/{good}",) in kept or ("SOURCE_A/Online/Genuine/0001_01.HWR",) in kept


def test_index_is_checked_against_its_count_its_files_and_its_parents(
    warehouse: Warehouse, datasets: Datasets
) -> None:
    ids = [uuid(n, f"{n:x}0") for n in range(1, 11)]
    good, forged, missing, unknown, second, one, two, twice, other, same = ids
    parents = [
        (good, ""), (forged, good), (missing, ""), (unknown, uuid(99)), (second, forged),
        (one, two), (two, one), (twice, ""), (twice, ""), (other, ""), (other, good),
        (same, ""), (same[:8] + uuid(50)[8:], ""),
    ]  # fmt: skip
    for signature in ids:
        datasets.image(signature)
    datasets.image(missing).unlink()
    datasets.image("ffffffff")
    datasets.index_lines(
        99, *(f"{one_}    {parent}" for one_, parent in parents), "no signature", ""
    )
    datasets.land(warehouse)
    build(warehouse)

    stray = f"SOURCE_B/{datasets.first[0]}/{datasets.first[:8]}"
    index = {p: r for o, p, r in warehouse.query(REJECTED) if o == "SOURCE_B/INDEX"}
    files = {o: r for o, _, r in warehouse.query(REJECTED) if o != "SOURCE_B/INDEX"}
    claimed = f"its file {same[0]}/{same[:8]} is claimed by another id too"
    assert index == {
        "line 1": "announces 99 signatures, but 15 lines follow",
        "line 4": f"its file {missing[0]}/{missing[:8]} is missing",
        "line 5": f"its parent {uuid(99)} is not in INDEX",
        "line 6": f"its parent {forged} is itself a forgery",
        "line 7": "its parents lead in a circle back to it",
        "line 8": "its parents lead in a circle back to it",
        "line 11": "its id is told more than once, with different parents",
        "line 12": "its id is told more than once, with different parents",
        "line 13": claimed,
        "line 14": claimed,
        "line 15": "is not <uuid>, four blanks and <uuid of the parent> or nothing",
        "line 16": "is blank",
    }
    assert files.pop(stray) == files.pop("SOURCE_B/f/ffffffff") == "is not in INDEX"
    assert {reason.split(" at line")[0] for reason in files.values()} == {"its entry"}
    assert len(files) == 6
    assert warehouse.query(
        "select read, accepted, rejected, duplicate "
        "from intermediate.int_signatures__reconciliation where record_table = 'index_entries'"
    ) == [(15, 3, 11, 1)]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: (d.b / "INDEX").unlink(), "has no INDEX"),
        (lambda d: (d.b / "INDEX").write_bytes(b""), "INDEX is empty: line 1 must be the number"),
        (lambda d: (d.b / "INDEX").write_bytes(bytes(1 << 21)), "INDEX, line 1: longer than 1 MiB"),
        (lambda d: d.a.rename(d.a.parent / "elsewhere"), "SOURCE_A cannot be listed: No such file"),
        (lambda d: (d.a / "Online/Genuine/001_1.HWR").unlink(), "SOURCE_A holds no files"),
    ],
)
def test_what_cannot_be_a_dataset_is_refused_in_one_line(
    warehouse: Warehouse, datasets: Datasets, spoil: object, message: str
) -> None:
    spoil(datasets)  # type: ignore[operator]
    printed = datasets.land(warehouse, fails=True)
    (line,) = [line for line in printed.splitlines() if line.startswith("error:")]
    assert message in line
    assert warehouse.query("select count(*) from raw_signatures.files") == [(0,)]
