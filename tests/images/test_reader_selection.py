"""Reading for training: selected, split, sharded, in batches, in forked workers."""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.images import get_random_images
from tests.conftest import ROOT, Warehouse
from tests.images.conftest import IMAGES_ONLY
from tests.images.hosts import png, python_server
from tests.images.test_reader import assert_uniform

IMAGES = 400


@pytest.fixture
def published(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """400 published images, half of them of one pixel and half of 2 x 2."""
    folder = tmp_path / "www"
    folder.mkdir()
    for number in range(IMAGES):
        (folder / f"{number}.png").write_bytes(png(number, (1 + number % 2, 1 + number % 2)))
    with python_server(folder) as url:
        warehouse.ingest("images", "--url", url, "--count", IMAGES)
    warehouse.build(*IMAGES_ONLY, without=["test"])
    return warehouse


def ids(**options: object) -> list[int]:
    return [image.image_id for image in get_random_images(**options)]  # type: ignore[call-overload]


def _shard(shard: tuple[int, int]) -> list[int]:
    return ids(shard=shard, epoch=True)


def test_reading_for_training(published: Warehouse) -> None:
    everything = set(range(1, IMAGES + 1))
    _where(published, everything)
    _splits(published, everything)
    _shards(everything)
    batches = list(get_random_images(epoch=True, batch=32))
    assert [len(batch) for batch in batches] == [32] * 12 + [16]
    assert {image.image_id for batch in batches for image in batch} == everything
    _looked_up(published)
    _forks()
    _a_lost_server(published)
    _the_loop_of_the_docs()


def _where(published: Warehouse, everything: set[int]) -> None:
    large = {n for (n,) in published.query("select image_id from marts.images where width = 2")}
    assert set(ids(where={"width": 2}, epoch=True)) == large
    assert set(ids(where={"width": (2, None), "format": ["PNG", "GIF"]}, epoch=True)) == large
    assert set(ids(where={"is_one_colour": True, "mode": "RGB"}, epoch=True)) == everything
    assert set(ids(where={"image_id": {3, 5}, "frames": 1, "bytes": (1, 999)}, epoch=True)) == {
        3,
        5,
    }
    title = "it's \\ a \" title'; drop table marts.images --"
    published.query("update marts.images set title = %s where image_id = 9", title)
    assert ids(where={"title": title}, epoch=True) == [9]
    assert_uniform(ids(where={"width": 2}, seed=1, limit=20_000), large)


def _splits(published: Warehouse, everything: set[int]) -> None:
    parts = {name: set(ids(split=name, epoch=True)) for name in ("train", "validation", "test")}
    assert set.union(*parts.values()) == everything
    assert sum(map(len, parts.values())) == IMAGES
    assert 280 < len(parts["train"]) < 360
    fractions = {"train": 0.8, "held out": 0.2}
    assert set(ids(split="train", fractions=fractions, epoch=True)) == parts["train"]
    gone = min(parts["train"])
    published.query("delete from marts.images where image_id = %s", gone)
    assert set(ids(split="train", epoch=True)) == parts["train"] - {gone}
    assert_uniform(ids(split="train", seed=2, limit=40_000), parts["train"] - {gone})
    published.build(*IMAGES_ONLY, without=["test"])


def _shards(everything: set[int]) -> None:
    parts = [set(_shard((i, 3))) for i in range(3)]
    assert set.union(*parts) == everything
    assert sum(map(len, parts)) == IMAGES
    with multiprocessing.get_context("fork").Pool(3) as pool:  # a loader with three workers
        read = pool.map(_shard, [(i, 3) for i in range(3)])
    assert [set(part) for part in read] == parts
    assert sorted(number for part in read for number in part) == sorted(everything)
    assert_uniform(ids(shard=(1, 3), seed=3, limit=20_000), parts[1])


def _looked_up(published: Warehouse) -> None:
    images = get_random_images(where={"width": 2})
    small, large = (
        published.query("select min(image_id) from marts.images where width = %s", n)[0][0]
        for n in (1, 2)
    )
    assert len(images) == IMAGES // 2
    assert images[large].image_id == large
    with pytest.raises(KeyError):
        images[small]
    assert repr(images) == "<images where width = 2>"
    images.close()


def _forks() -> None:
    """What was begun before a fork goes on in the child, and in the parent too."""
    images = get_random_images(epoch=True, seed=4)
    before = [next(images).image_id for _ in range(5)]
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, " ".join(str(image.image_id) for image in images).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = [int(word) for word in pipe.read().split()]
    rest = [image.image_id for image in images]
    assert told == rest
    assert sorted(before + rest) == list(range(1, IMAGES + 1))


def _a_lost_server(published: Warehouse) -> None:
    images = get_random_images(epoch=True)
    seen = [next(images).image_id]
    published.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
        "and datname = current_database() and backend_type = 'client backend'"
    )
    seen += [image.image_id for image in images]
    assert sorted(seen) == list(range(1, IMAGES + 1))


def _the_loop_of_the_docs() -> None:
    page = (ROOT / "docs" / "images.md").read_text()
    code = page[page.index("for epoch in range(3)") :].partition("```")[0]
    seen: dict[str, object] = {"get_random_images": get_random_images}
    exec(code, seen)
    assert all(image.mode == "RGB" for image in seen["pixels"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"limit": -1}, "limit: -1"),
        ({"batch": 0}, "batch: 0"),
        ({"split": "trian"}, "split: 'trian' is none of 'train'"),
        ({"shard": (3, 3)}, "shard: "),
        ({"fractions": {"a": 0.9, "b": 0.2}}, "fractions: "),
        ({"where": {"content": b""}}, "no column 'content'"),
        ({"where": {"width": "1 or true"}}, "width is of type int"),
        ({"where": {"width": True}}, "width is of type int"),
        ({"where": {"width": (1, 2, 3)}}, "a pair"),
    ],
)
def test_arguments_are_checked_at_the_call(options: dict[str, object], error: str) -> None:
    with pytest.raises((ValueError, TypeError), match=error):
        get_random_images(**options)  # type: ignore[call-overload]


READ_ALL = """
import resource
from ingest.images import get_random_images
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
images = get_random_images(epoch=True)
first = next(images)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
assert len([first, *images]) == 40
"""


def test_memory_is_bounded_from_the_first_query(warehouse: Warehouse) -> None:
    warehouse.build(*IMAGES_ONLY, without=["test"])
    warehouse.query(
        "insert into marts.images (image_id, url, title, fetched_at, width, height, format, "
        "sha256, content, bytes) select n, 'u', 't', now(), 1, 1, 'PNG', md5(n::text), "
        "convert_to(repeat('x', 5000000), 'utf8'), 5000000 from generate_series(1, 40) as n"
    )
    done = subprocess.run([sys.executable, "-c", READ_ALL], capture_output=True, check=True)
    assert int(done.stdout) < 100_000  # kilobytes, Arrow and the driver included
