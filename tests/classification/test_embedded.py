"""Without any settings: samples, the embedded broker and the stand-in, through to the exports."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ingest.classification.command import classification
from ingest.classification.folder import files, look
from ingest.classification.folders import _checked
from ingest.classification.protocol import FORMATS
from ingest.common.paths import ROOT
from ingest.landing.runner import run_source
from ingest.samples.classifier import label
from tests.conftest import Warehouse


def test_samples_are_labelled_and_exported_without_any_settings(warehouse: Warehouse) -> None:
    warehouse.ingest("samples")
    output = warehouse.ingest("classification")
    assert "41 image(s) labelled" in output
    warehouse.build()
    warehouse.ingest("export")
    published = warehouse.query("select file_path, label from marts.image_labels order by 1")
    assert published == [(path, label(Path(path).read_bytes())) for path, _ in published]
    assert len(published) == 41
    with closing(sqlite3.connect(warehouse.folder / "data" / "image_labels.db")) as file:
        exported = file.execute(
            "select photo_id, file_path, label, requested_at, labelled_at, file_gone_since "
            "from image_labels order by photo_id"
        ).fetchall()
        assert file.execute("pragma integrity_check").fetchall() == [("ok",)]
    published = warehouse.query(
        "select photo_id, file_path, label, to_json(requested_at) #>> '{}', "
        "to_json(labelled_at) #>> '{}', null from marts.image_labels order by photo_id"
    )
    assert exported == published
    assert not list((warehouse.folder / "data").glob(".image_labels*"))
    assert "nothing new" in warehouse.ingest("classification")


def test_the_stand_in_serves_on_its_own(
    warehouse: Warehouse, images: Callable[[int], Path], tmp_path: Path
) -> None:
    url = f"filesystem://{tmp_path / 'broker'}"
    command = [sys.executable, "-m", "ingest.samples.classifier", "--broker", url]
    stand_in = subprocess.Popen(command, cwd=ROOT)
    try:
        run = run_source(classification(images(30), url, 20))
    finally:
        stand_in.kill()
        stand_in.wait()
    assert run.notes == ["30 image(s) labelled"]
    assert warehouse.query("select count(*) from raw_classification.replies") == [(30,)]


def test_files_that_are_known_are_not_read_again(
    warehouse: Warehouse, images: Callable[[int], Path]
) -> None:
    folder = images(3)
    url = f"filesystem://{folder.parent / 'broker'}"
    (missing,) = run_source(classification(folder, url, 1)).missing
    assert missing.startswith("3 image(s) without an answer")
    os.utime(folder / "00001.png", ns=(0, 0))
    run_source(classification(folder, url, 1))
    assert warehouse.query(
        "select count(*) from raw_classification.images group by run_id order by run_id"
    ) == [(3,), (1,)]


def test_two_contents_never_share_a_photo_id(images: Callable[[int], Path]) -> None:
    ((first, second),) = look(files(images(2), {}), FORMATS)
    assert first.photo_id is not None
    owners = {first.photo_id: "another content's hash"}
    assert _checked(first, owners).problem == "photo_id taken"
    assert _checked(first, owners).photo_id is None
    assert _checked(second, owners) == second
    assert _checked(second, owners) == second
