"""Names and folders of every kind: none hides another, and none stops the rest."""

import os
from pathlib import Path

import pytest

from tests.classification.conftest import image
from tests.classification.counting import fill, lab
from tests.conftest import Warehouse

REJECTED = "select position, reason from intermediate.int_classification__rejected_records"


def test_an_unreadable_folder_is_a_record_and_what_it_holds_is_not_gone(
    warehouse: Warehouse,
    server: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = fill(tmp_path / "images", 1, 2)
    (folder / "empty.png").unlink()
    fill(folder / "sub", 3)
    (folder / "sub" / "empty.png").unlink()
    scandir = os.scandir

    def refuse(place: object = ".") -> object:
        """Do as the system does to a user who may not read; root, who runs tests, may."""
        if str(place).endswith("/sub"):
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)  # type: ignore[call-overload]

    with lab(warehouse, server) as here:
        here.run(folder)
        labels = here.published()[0]
        assert len(labels) == 3
        (folder / "4.png").write_bytes(image(4))
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", refuse)
            run = here.run(folder)
            assert run.missing == [f"1 folder(s) or file(s) cannot be read: {folder}/sub"]
            assert "1 image(s) labelled" in run.notes
            here.run(folder)
        published = here.published()
        assert len(published[0]) == 4
        assert all(is_there for *_, is_there in published[0])
        assert warehouse.query(REJECTED) == [("file sub", "cannot be read")]
        assert ("images", str(folder), 5, 4, 1, 0) in published[3]
        assert here.run(folder).missing == []
        assert warehouse.query("select path from raw_classification.removed_images") == [("sub",)]


def test_names_that_differ_in_a_raw_byte_and_its_escape_are_two(
    warehouse: Warehouse, server: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    names = [b"\xe9.png", b"\\xe9.png", b"\\\\xe9.png", "é.png".encode(), b"a\nb.png", b"a\\nb.png"]
    for number, name in enumerate(names):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_bytes(image(number))
    with lab(warehouse, server) as here:
        here.run(folder)
        labels = here.published()[0]
        assert len(labels) == len({path for _, path, *_ in labels}) == len(names)
        assert not here.run(folder).rows_landed
        assert len({number for number, *_ in labels}) == len(names)
