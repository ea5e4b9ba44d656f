"""Which folders and queues count: samples, own data, several folders, moved and forgotten ones."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.classification.tables import RAW_SCHEMA
from ingest.landing.origins import SAMPLE
from ingest.landing.prune import prune
from ingest.samples.classifier import label
from tests.classification.conftest import reconciliation
from tests.classification.counting import Lab, fill, lab
from tests.conftest import Warehouse
from tests.uniting import unite

COUNTING = """
select origin, kind from (
    select *, row_number() over (partition by origin_id order by run_id desc, event desc) as age
    from raw_classification.origins
    where _dlt_load_id in (select load_id from raw_classification._dlt_loads where status = 0)
) as events
where age = 1 and counts order by 1
"""


@pytest.fixture
def labs(warehouse: Warehouse, server: dict[str, str]) -> Iterator[Lab]:
    with lab(warehouse, server) as made:
        yield made


def count(warehouse: Warehouse, table: str) -> int:
    ((rows,),) = warehouse.query(f"select count(*) from raw_classification.{table}")
    return int(rows)


def test_after_each_step_the_marts_hold_what_the_counting_folders_alone_give(
    labs: Lab, tmp_path: Path
) -> None:
    unite(labs.warehouse)
    sample = fill(tmp_path / "sample", 1, 2, 3)
    labs.run(sample, SAMPLE)
    assert labs.everything() == labs.alone(sample, kind=SAMPLE)

    own = fill(tmp_path / "own", 2, 3, 4, 5)
    run = labs.run(own)
    assert "the sample counts no more: own data is landed" in run.notes
    assert "4 image(s) labelled" in run.notes, "the sample's answers label nothing"
    published = labs.everything()
    assert published == labs.alone(own)
    assert len(published[0]) == 4
    assert labs.shows(sample) == []

    moved = own.rename(tmp_path / "moved")
    before = labs.landed()
    run = labs.run(moved)
    assert f"{moved} is what {own} was" in run.notes
    assert run.rows_landed == 0, "nothing is read, sent or answered again"
    assert {**labs.landed(), "origins": []} == {**before, "origins": []}
    published = labs.everything()
    assert published == labs.alone(moved)
    assert {Path(path).parent for _, path, *_ in published[0]} == {moved}
    assert labs.shows(own) == []

    other = fill(tmp_path / "other", 5, 6)
    assert "1 image(s) labelled" in labs.run(other).notes, "its copy has a label already"
    published = labs.everything()
    assert published == labs.alone(moved, other)
    assert sorted(reconciliation(labs.warehouse, "images")) == [(3, 1, 1, 1), (5, 4, 1, 0)]

    labs.forget(str(moved))
    published = labs.everything()
    assert published == labs.alone(other)
    assert {Path(path).name for _, path, *_ in published[0]} == {"5.png", "6.png"}
    assert labs.shows(moved) == []

    before = labs.landed()
    labs.run(moved)
    assert {**labs.landed(), "origins": []} == {**before, "origins": []}, "it is all there still"
    assert labs.everything() == labs.alone(moved, other)

    labs.forget(str(moved))
    labs.warehouse.ingest("prune", "--keep", 0)
    assert labs.everything() == labs.alone(other)


def test_of_a_folder_that_is_forgotten_nothing_is_counted(labs: Lab, tmp_path: Path) -> None:
    own = fill(tmp_path / "own", 1, 2)
    labs.run(own)
    labs.forget(str(own))
    assert labs.published() == [[], [], [], []], "its queue has nothing to tell without it"


def test_a_second_run_of_anything_changes_nothing(labs: Lab, tmp_path: Path) -> None:
    own, other = fill(tmp_path / "own", 1, 2), fill(tmp_path / "other", 2, 3)
    for folder in (own, other):
        labs.run(folder)
    (own / "1.png").unlink()
    labs.run(other)
    landed, published = labs.landed(), labs.published()
    for folder in (own, other, own):
        assert labs.run(folder).rows_landed == 0
    assert labs.landed() == landed
    assert labs.published() == published
    assert (
        labs.warehouse.query("select outcome from raw_ledger.runs order by run_id desc limit 3")
        == [("nothing new",)] * 3
    )


def test_a_sample_is_never_labelled_by_what_own_images_were_answered(
    labs: Lab, tmp_path: Path
) -> None:
    own, sample = fill(tmp_path / "own", 1, 2), fill(tmp_path / "sample", 1, 2)
    labs.run(own)
    assert "2 image(s) labelled" in labs.run(sample, SAMPLE).notes
    assert count(labs.warehouse, "requests") == count(labs.warehouse, "replies") == 4


def test_a_queue_that_is_forgotten_takes_its_labels_along(labs: Lab, tmp_path: Path) -> None:
    own = fill(tmp_path / "own", 1, 2)
    labs.run(own)
    before = labs.published()
    queue = f"{labs.url}/from_ai"
    labs.forget(queue)
    assert labs.published()[:2] == [[], []]
    assert labs.shows(queue) == []
    labs.run(own)
    assert labs.published() == before, "named again, it counts again; nothing is asked again"
    assert count(labs.warehouse, "requests") == 2


def test_a_copied_folder_whose_first_one_goes_is_the_same(labs: Lab, tmp_path: Path) -> None:
    own = fill(tmp_path / "own", 1, 2, 3)
    labs.run(own)
    copy = shutil.copytree(own, tmp_path / "copy", copy_function=shutil.copyfile)
    (copy / "4.png").write_bytes((copy / "3.png").read_bytes() + b"\0")
    (copy / "3.png").unlink()
    shutil.rmtree(own)
    labs.run(fill(tmp_path / "between", 9))  # finds the first one empty
    run = labs.run(copy)
    assert f"{copy} is what {own} was" in run.notes
    assert "1 image(s) labelled" in run.notes
    labels = {path: one for _, path, one, is_there in labs.published()[0] if is_there}
    assert labels.pop(str(tmp_path / "between" / "9.png"))
    there = [copy / name for name in ("1.png", "2.png", "4.png")]
    assert labels == {str(path): label(path.read_bytes()) for path in there}


def test_a_copy_beside_the_folder_is_a_second_origin(labs: Lab, tmp_path: Path) -> None:
    own = fill(tmp_path / "own", 1, 2, 3)
    labs.run(own)
    (own / "1.png").unlink()
    copy = shutil.copytree(own, tmp_path / "copy")
    labs.run(copy)
    labs.published()
    read = reconciliation(labs.warehouse, "images")
    assert sorted(read) == [(3, 0, 1, 2), (3, 2, 1, 0)]
    assert [origin for origin, _ in labs.warehouse.query(COUNTING)] == sorted(
        [str(own), str(copy), f"{labs.url}/from_ai"]
    )


@pytest.mark.parametrize(
    ("window", "times"),
    [
        ("before normalizing", 1),
        ("before a file is committed", 3),
        ("between a file's commit and its marker", 2),
        ("before the load is complete", 1),
        ("after the load is complete", 1),
        ("after the load is complete", 2),
    ],
)
def test_a_kill_while_the_sample_is_retired_leaves_nothing_behind(
    labs: Lab, tmp_path: Path, window: str, times: int
) -> None:
    sample, own = fill(tmp_path / "sample", 1, 2), fill(tmp_path / "own", 2, 3, 4)
    labs.run(sample, SAMPLE)
    labs.warehouse.kill(window, times, "classification", "--images", str(own), *labs.flags)
    labs.warehouse.ingest("classification", "--images", own, *labs.flags)
    published = labs.published()
    assert {row[3] for row in published[1]} == {"labelled"}
    assert sorted((Path(path).name, one) for _, path, one, _ in published[0]) == [
        (f"{n}.png", label((own / f"{n}.png").read_bytes())) for n in (2, 3, 4)
    ]
    assert {kind for _, kind in labs.warehouse.query(COUNTING)} == {"own"}
    assert reconciliation(labs.warehouse, "images") == [(4, 3, 1, 0)]
    assert labs.shows(sample) == []


def test_what_prune_deletes_is_not_missed(labs: Lab, tmp_path: Path) -> None:
    sample, own = fill(tmp_path / "sample", 1), fill(tmp_path / "own", 1, 2, 3)
    labs.run(sample, SAMPLE)
    labs.run(own)
    (own / "1.png").write_bytes((own / "2.png").read_bytes() + b"\0")
    labs.run(own)
    (own / "empty.png").unlink()
    labs.run(own)
    labs.forget(str(own))
    labs.run(own)
    before = labs.published()
    assert len(before[0]) == 4
    list(prune([RAW_SCHEMA], 0))
    assert count(labs.warehouse, "images") == 4, "the sample's are gone, and what 1.png held first"
    assert labs.published() == before
    assert labs.run(own).rows_landed == 0

    labs.forget(str(own))
    list(prune([RAW_SCHEMA], 0))
    assert count(labs.warehouse, "images") == 0
    run = labs.run(own)
    assert not any("labelled" in note for note in run.notes), "the labels are the queue's"
    shutil.rmtree(sample)
    assert [row for row in before[0] if row[3]] == labs.published()[0]
