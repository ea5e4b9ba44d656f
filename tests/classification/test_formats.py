"""What the classifier decodes is sent by default; of a format left out a file is rejected."""

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from ingest.classification.command import classification
from ingest.classification.decoding import decode
from ingest.classification.protocol import FORMATS
from ingest.common.errors import IngestError
from ingest.landing.ledger import Run
from ingest.landing.runner import run_source
from ingest.samples.classification import picture
from ingest.samples.classifier import label
from tests.classification.counting import lab
from tests.conftest import Warehouse

REJECTED = (
    "select position, reason, raw_text from intermediate.int_classification__rejected_records"
)


def fill(folder: Path) -> Path:
    folder.mkdir()
    for number, kind in enumerate(FORMATS):
        (folder / f"image.{kind}").write_bytes(picture(random.Random(number), kind))
    return folder


def test_all_that_the_classifier_decodes_is_labelled_and_what_is_left_out_is_told(
    warehouse: Warehouse, server: dict[str, str], tmp_path: Path
) -> None:
    folder = fill(tmp_path / "images")
    with lab(warehouse, server) as here:

        def run(formats: str | None) -> Run:
            return run_source(classification(folder, here.url, 20, formats=formats))

        run("jpeg, PNG")
        published = here.published()
        assert [len(published[0]), len(published[1])] == [2, 2]
        assert warehouse.query(f"{REJECTED} order by 1") == [
            (
                f"file image.{kind}",
                "is of a format that is not sent",
                f"{(folder / f'image.{kind}').stat().st_size} bytes: {kind}",
            )
            for kind in ("BMP", "GIF", "TIFF", "WEBP")
        ]
        assert "4 image(s) labelled" in run(None).notes
        labels = {path: said for _, path, said, _ in here.published()[0]}
        assert labels == {str(path): label(path.read_bytes()) for path in folder.iterdir()}
        assert warehouse.query(REJECTED) == []
        assert not run(None).rows_landed

        run("PNG,JPEG,GIF,BMP,TIFF")
        gone = [path for _, path, _, is_there in here.published()[0] if not is_there]
        assert gone == [str(folder / "image.WEBP")]
        assert run(None).rows_landed
        assert all(is_there for *_, is_there in here.published()[0])


def test_what_an_older_version_took_for_no_image_is_looked_at_again(
    warehouse: Warehouse, server: dict[str, str], tmp_path: Path
) -> None:
    folder = fill(tmp_path / "images")
    (folder / "text.gif").write_text("This is no picture.")
    with lab(warehouse, server) as here:
        run_source(classification(folder, here.url, 20, formats="PNG,JPEG"))
        warehouse.query(
            "update raw_classification.images set detail = case when problem is not null then "
            "'UnidentifiedImageError: cannot identify image file' end, "
            "problem = case when problem is not null then 'undecodable' end returning 1"
        )
        assert "4 image(s) labelled" in here.run(folder).notes
        assert not here.run(folder).rows_landed


@pytest.mark.parametrize("kind", FORMATS)
def test_of_every_format_a_file_that_is_cut_short_is_not_sent(kind: str) -> None:
    whole = picture(random.Random(1), kind)
    assert decode(whole, FORMATS) == (None, kind)
    assert decode(whole[: len(whole) // 2], FORMATS)[0] == "undecodable"


def test_a_format_of_no_use_to_the_classifier_is_not_tried() -> None:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "EPS")
    none = ("undecodable", f"none of {', '.join(FORMATS)}")
    assert decode(file.getvalue(), FORMATS) == none


@pytest.mark.parametrize("text", ["PNG,EPS", ",", "GIFF"])
def test_a_format_that_is_none_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(IngestError, match=r"--formats: .* of PNG, JPEG, GIF, BMP, TIFF, WEBP"):
        classification(tmp_path, f"filesystem://{tmp_path}", formats=text)
