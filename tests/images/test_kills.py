"""kill -9 at every window of a load, and a plain run after each."""

from pathlib import Path

from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY
from tests.images.hosts import png, python_server

COMPLETE_FILE = "dlt.common.storages.load_package:PackageStorage.complete_job"
WINDOWS = (
    ("before ingest.images.download:Downloader._attempt", 7),  # while it downloads
    (f"before {COMPLETE_FILE}", 1),
    (f"after {COMPLETE_FILE}", 1),
    (f"before {COMPLETE_FILE}", 3),
    ("before the load is complete", 1),
    ("after the load is complete", 1),
)
LOADED = "where _dlt_load_id in (select load_id from raw_images._dlt_loads where status = 0)"


def test_nothing_is_lost_and_nothing_is_there_twice(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = tmp_path / "www"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number}.png").write_bytes(png(number))
    with python_server(folder) as url:
        run = ("images", "--url", url, "--count", "10")
        for window in WINDOWS:
            warehouse.kill(*window, *run)
            said = warehouse.ingest(*run)
            assert "10 images, drawn from" in said
            finished = "finished 1 pending load(s) of an earlier run first" in said
            assert finished == (window is not WINDOWS[0])  # which had nothing to finish yet

    images = 10 * (2 * len(WINDOWS) - 1)
    for table in ("attempts", "contents"):
        assert warehouse.query(
            f"select count(*), count(distinct sha256) from raw_images.{table} {LOADED}"
        ) == [(images, images)]
        assert warehouse.query(f"select count(*) from raw_images.{table}") == [(images,)]
    warehouse.build(*IMAGES_ONLY)
    assert warehouse.query("select count(*), max(image_id) from marts.images") == [(images, images)]
    assert warehouse.query(
        "select read, accepted, rejected, duplicate from intermediate.int_images__reconciliation "
        "where record_table = 'attempts'"
    ) == [(images, images, 0, 0)]
