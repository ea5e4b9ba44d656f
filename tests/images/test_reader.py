"""Reading at random: no image more often than another, and each once in an epoch."""

import threading
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.images import ImageStructure, get_random_images
from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY
from tests.images.hosts import png, python_server

IMAGES = 1_000
DRAWS = 200_000


@pytest.fixture
def published(warehouse: Warehouse, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with a thousand published images of one pixel."""
    folder = tmp_path / "www"
    folder.mkdir()
    for number in range(IMAGES + 100):
        (folder / f"{number}.png").write_bytes(png(number, (1, 1)))
    with python_server(folder) as url:
        warehouse.env["TEST_URL"] = url
        warehouse.ingest("images", "--url", url, "--count", IMAGES)
        warehouse.build(*IMAGES_ONLY, without=["test"])
        yield warehouse


def test_reading_at_random(published: Warehouse) -> None:
    draws = Counter(image.image_id for image in get_random_images(seed=64, limit=DRAWS))
    assert set(draws) == set(range(1, IMAGES + 1))
    expected = DRAWS / IMAGES
    chi_square = sum((count - expected) ** 2 / expected for count in draws.values())
    assert 860 < chi_square < 1143  # 999 degrees of freedom, p = 0.001 on either side

    epoch = [image.image_id for image in get_random_images(epoch=True)]
    assert sorted(epoch) == list(range(1, IMAGES + 1))
    assert epoch != sorted(epoch)

    def ids(**options: object) -> list[int]:
        return [image.image_id for image in get_random_images(**options)]  # type: ignore[arg-type]

    assert ids(seed=1, limit=50) == ids(seed=1, limit=50) != ids(seed=2, limit=50)
    assert ids(seed=1, epoch=True) == ids(seed=1, epoch=True)
    assert len(ids(limit=0)) == 0
    assert len(set(ids(epoch=True, limit=10))) == 10
    assert len(list(islice(get_random_images(), 3_000))) == 3_000

    for image in get_random_images(limit=20):
        _is_whole(published, image)
    _one_connection_that_rests_between_queries(published)
    _safe_while_an_ingest_and_a_build_run(published)


def _is_whole(published: Warehouse, image: ImageStructure) -> None:
    ((*row, content),) = published.query(
        "select url, title, fetched_at, sha256, width, height, format, content "
        "from marts.images where image_id = %s",
        image.image_id,
    )
    read = [image.url, image.title, image.fetched_at, image.sha256]
    assert [*read, image.width, image.height, image.format] == row
    assert image.content == bytes(content)
    assert image.title == image.url.rsplit("/", 1)[1].removesuffix(".png")
    assert image.to_pil().size == (1, 1)
    with pytest.raises(AttributeError):
        image.title = "frozen"  # type: ignore[misc]


def _one_connection_that_rests_between_queries(published: Warehouse) -> None:
    sessions = (
        "select state from pg_stat_activity where datname = current_database() "
        "and pid <> pg_backend_pid() and backend_type = 'client backend'"
    )
    reading = get_random_images()
    for _ in islice(reading, 5_000):
        pass
    assert published.query(sessions) == [("idle",)]  # and not "idle in transaction"
    reading.close()  # type: ignore[attr-defined]
    assert published.query(sessions) == []


def _safe_while_an_ingest_and_a_build_run(published: Warehouse) -> None:
    read: list[int] = []
    done = threading.Event()

    def reader() -> None:
        for image in get_random_images():
            read.append(image.image_id)
            if done.is_set():
                return

    thread = threading.Thread(target=reader)
    thread.start()
    try:
        published.ingest("images", "--url", published.env["TEST_URL"], "--count", 100)
        published.build(*IMAGES_ONLY)
    finally:
        done.set()
        thread.join()
    assert len(read) > 5_000
    assert max(read) == IMAGES
    assert len(list(get_random_images(epoch=True))) == IMAGES + 100


def test_no_images_is_one_clear_line(warehouse: Warehouse) -> None:
    with pytest.raises(IngestError, match="no images are published yet: run `ingest images`"):
        next(get_random_images())
    warehouse.build(*IMAGES_ONLY, without=["test"])
    with pytest.raises(IngestError, match="no images are published yet"):
        next(get_random_images())
