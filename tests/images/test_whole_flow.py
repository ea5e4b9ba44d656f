"""From a host to published images, run after run, on the sample host served by real servers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ingest.samples.images import generate
from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY
from tests.images.hosts import nginx, python_server

Serve = Callable[[Path, Path], AbstractContextManager[str]]
SERVERS: dict[str, Serve] = {
    "http.server": lambda folder, _work: python_server(folder),
    "nginx": nginx,
}
IMAGES = "select image_id, url, sha256, fetched_at::text, content from marts.images order by 1"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (folder,) = generate(tmp_path_factory.mktemp("samples") / "images")
    return folder


@pytest.mark.parametrize("kind", SERVERS)
def test_a_thousand_then_a_thousand_others_then_the_rest(
    warehouse: Warehouse, samples: Path, tmp_path: Path, kind: str
) -> None:
    listed = sum(path.is_file() or path.is_symlink() for path in samples.rglob("*"))
    with SERVERS[kind](samples, tmp_path / "server") as url:
        said = warehouse.ingest("images", "--url", url, "--seed", 7)
        assert f"1,000 images, drawn from {listed:,} URLs with seed 7" in said
        warehouse.build(*IMAGES_ONLY)
        first = warehouse.query(IMAGES)
        assert [row[0] for row in first] == list(range(1, 1001))

        warehouse.ingest("images", "--url", url, "--count", 1000)
        if kind == "nginx":
            warehouse.build(*IMAGES_ONLY)
            second = warehouse.query(IMAGES)
            assert len(second) == 2000
            assert second[:1000] == first
        said = warehouse.ingest("images", "--url", url, "--count", 1000)
        assert "the listing has no more: " in said
        assert " of 1,000 asked for" in said
        failed = warehouse.query(
            "select count(distinct url) from raw_images.attempts where error is not null"
        )
        said = warehouse.ingest("images", "--url", url, "--count", 1000)
        assert "the listing has no more: 0 of 1,000 asked for" in said
        assert f"{failed[0][0]:,} failed" in said

    warehouse.build(*IMAGES_ONLY)
    images = warehouse.query(IMAGES)
    assert images[:1000] == first
    assert [row[0] for row in images] == list(range(1, len(images) + 1))
    contents = {path.read_bytes() for path in samples.rglob("*") if path.is_file()}
    published = [bytes(row[4]) for row in images]
    assert len(published) == len(set(published))
    assert set(published) <= contents
    assert len(contents) - len(published) < 100  # the broken ones

    (counts,) = warehouse.query(
        "select read, accepted, rejected, duplicate from intermediate.int_images__reconciliation "
        "where record_table = 'attempts'"
    )
    assert counts[0] == sum(counts[1:])
    assert counts == (
        *warehouse.query("select count(*) from raw_images.attempts")[0],
        len(published),
        *warehouse.query("select count(*) from raw_images.attempts where error is not null")[0],
        60,  # copies under another name
    )
    assert warehouse.query(
        "select relname, attstorage::text from pg_attribute join pg_class on oid = attrelid "
        "where attname = 'content' and relname in ('images', 'contents') and relkind = 'r' "
        "order by 1"
    ) == [("contents", "e"), ("images", "e")]


def test_a_build_adds_and_never_rewrites(warehouse: Warehouse, samples: Path) -> None:
    """The place of a row on disk shows whether anything touched it, a full refresh included."""
    place = "select image_id, ctid::text, xmin::text from marts.images order by 1 limit 50"
    with python_server(samples) as url:
        warehouse.ingest("images", "--url", url, "--count", 50)
        warehouse.build(*IMAGES_ONLY)
        before = warehouse.query(place)
        warehouse.ingest("images", "--url", url, "--count", 30)
        warehouse.build(*IMAGES_ONLY, "--full-refresh")
    assert warehouse.query(place) == before
    assert warehouse.query("select count(*), max(image_id) from marts.images") == [(80, 80)]


def test_the_sample_host_serves_itself_and_a_second_run_changes_nothing(
    warehouse: Warehouse,
) -> None:
    assert "1,000 images, drawn from " in warehouse.ingest("images")
    busy = warehouse.query(
        "select count(*) from raw_images.attempts where tries > 1 and error is null"
    )
    assert busy[0][0] > 0
    assert "images: nothing new (1,000 images are landed already" in warehouse.ingest("images")
    assert "10 images, drawn from " in warehouse.ingest("images", "--count", 10)


def test_a_wrong_command_is_one_line(warehouse: Warehouse, tmp_path: Path) -> None:
    assert "not both" in warehouse.ingest(
        "images", "--url", "http://x/", "--url-list", "y", fails=True
    )
    missing = warehouse.ingest("images", "--url-list", tmp_path / "none.txt", fails=True)
    assert "none.txt cannot be read: No such file" in missing
    assert "invalid url" in warehouse.ingest("images", "--url", "ftp://x/", fails=True)
    assert "not a whole number from 1" in warehouse.ingest(
        "images", fails=True, SOURCES__IMAGES__COUNT="lots"
    )
