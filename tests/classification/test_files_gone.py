"""Files come, go, change and come back; labels stay and say where their image is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.classification.folder import path_of
from ingest.common.paths import path_text
from tests.classification.conftest import reconciliation
from tests.classification.counting import Lab, fill, lab
from tests.conftest import Warehouse

LABELS = "select file_path, file_gone_since is not null from marts.image_labels order by 1, 2"
GONE_AT = """
select file_gone_since = removed_at from marts.image_labels join raw_classification.removed_images
using (photo_id) where file_gone_since is not null
"""


@pytest.fixture
def labs(warehouse: Warehouse, server: dict[str, str]) -> Iterator[Lab]:
    with lab(warehouse, server) as made:
        yield made


def test_a_file_that_goes_and_comes_back_keeps_its_label(labs: Lab, tmp_path: Path) -> None:
    own = fill(tmp_path / "own", 1, 2)
    gone, stays = str(own / "1.png"), str(own / "2.png")
    labs.run(own)
    content = (own / "1.png").read_bytes()
    (own / "1.png").unlink()
    (own / "empty.png").unlink()
    assert f"2 image file(s) of {own} are gone or changed" in labs.run(own).notes
    labs.published()
    assert labs.warehouse.query(LABELS) == [(gone, True), (stays, False)]
    assert labs.warehouse.query(GONE_AT) == [(True,)]
    assert reconciliation(labs.warehouse, "images") == [(1, 1, 0, 0)]
    assert reconciliation(labs.warehouse, "replies") == [(2, 2, 0, 0)]

    (own / "1.png").write_bytes(content)
    labs.run(own)
    labs.published()
    assert labs.warehouse.query(LABELS) == [(gone, False), (stays, False)]
    assert labs.warehouse.query("select count(*) from raw_classification.requests") == [(2,)]


def test_folders_that_are_not_named_are_looked_after(labs: Lab, tmp_path: Path) -> None:
    own, other = fill(tmp_path / "own", 1, 2, 3), fill(tmp_path / "zother", 3, 4)
    labs.run(own)
    labs.run(other)
    (own / "1.png").rename(tmp_path / "aside.png")
    (own / "2.png").write_bytes((own / "3.png").read_bytes() + b"\0")
    (own / "3.png").unlink()
    labs.run(other)
    labs.published()
    assert labs.warehouse.query(LABELS) == [
        (str(own / "1.png"), True),
        (str(own / "2.png"), True),
        (str(other / "3.png"), False),  # where its copy is
        (str(other / "4.png"), False),
    ]
    (tmp_path / "aside.png").rename(own / "1.png")
    assert labs.run(other).rows_landed == 2, "a reading of the file that is back, and a count"
    labs.published()
    assert (str(own / "1.png"), False) in labs.warehouse.query(LABELS)
    assert reconciliation(labs.warehouse, "replies") == [(4, 4, 0, 0)]
    labs.run(own)  # now the new content of 2.png is asked for
    labs.published()
    assert labs.warehouse.query(LABELS)[1:3] == [
        (str(own / "2.png"), False),
        (str(own / "2.png"), True),
    ]


def test_order_is_by_run_whatever_the_clock_says(labs: Lab, tmp_path: Path) -> None:
    own = fill(tmp_path / "own", 1, 2)
    labs.run(own)
    for table, column in (("images", "read_at"), ("requests", "requested_at")):
        labs.warehouse.query(
            f"update raw_classification.{table} set {column} = {column} + interval '1 year'",
            role="loader",
        )
    (own / "1.png").write_bytes((own / "2.png").read_bytes() + b"\0")
    labs.run(own)
    assert labs.run(own).rows_landed == 0
    published = labs.published()
    assert [row[1:] for row in published[0] if row[3]] == [row[1:] for row in labs.alone(own)[0]]
    assert reconciliation(labs.warehouse, "images") == [(3, 2, 1, 0)]


@pytest.mark.parametrize("name", ["plain", "a\\b", "\\x41", "é", b"\xff\xfe.png", "\\\\x"])
def test_a_path_comes_back_from_its_text(name: str | bytes) -> None:
    path = Path(name if isinstance(name, str) else name.decode("utf-8", "surrogateescape"))
    assert path_of(path_text(path)) == path
