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
    draws = [image.image_id for image in get_random_images(seed=64, limit=DRAWS)]
    assert_uniform(draws, set(range(1, IMAGES + 1)))

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
    left = _uniform_over_what_is_left(published)
    _what_vanishes_meanwhile_comes_no_more(published, left)
    published.build(*IMAGES_ONLY, without=["test"])  # puts back what was deleted
    _safe_while_an_ingest_and_a_build_run(published)


def assert_uniform(draws: list[int], ids: set[int]) -> None:
    """Chi-square: about as large as its degrees of freedom, p = 0.001 on either side."""
    counts = Counter(draws)
    assert set(counts) == ids
    expected = len(draws) / len(ids)
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    freedom = len(ids) - 1
    assert abs(chi_square - freedom) < 3.3 * (2 * freedom) ** 0.5


def _uniform_over_what_is_left(published: Warehouse) -> set[int]:
    """Neither end, a long stretch and each tenth are gone."""
    published.query(
        "delete from marts.images where image_id in (1, 999, 1000) "
        "or image_id between 100 and 399 or image_id % 10 = 0"
    )
    left = {n for n in range(2, 999) if n % 10 and not 100 <= n <= 399}
    assert_uniform([image.image_id for image in get_random_images(seed=1, limit=DRAWS)], left)
    assert {image.image_id for image in get_random_images(epoch=True)} == left
    first = [image.image_id for image in get_random_images(seed=3, limit=100)]
    assert [image.image_id for image in get_random_images(seed=3, limit=5_000)][:100] == first
    return left


def _what_vanishes_meanwhile_comes_no_more(published: Warehouse, left: set[int]) -> None:
    reading = get_random_images(seed=5, limit=DRAWS)
    epoch = get_random_images(seed=5, epoch=True, limit=500)
    seen = [next(reading).image_id for _ in range(3_000)]
    once = [next(epoch).image_id for _ in range(10)]
    gone = {n for n in left if n % 2}
    published.query("delete from marts.images where image_id % 2 = 1")
    seen += [image.image_id for image in reading]
    assert len(seen) == DRAWS
    assert_uniform(seen[6_000:], left - gone)  # what was asked for before, two queries, may come
    once += [image.image_id for image in epoch]
    assert len(set(once)) == len(once)
    assert len(left - gone) <= len(once) <= 500
    endless = get_random_images()
    next(endless)
    published.query("delete from marts.images")
    with pytest.raises(IngestError, match="no images are published"):
        for _ in endless:
            pass


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
