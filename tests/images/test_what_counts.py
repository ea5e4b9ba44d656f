"""Which images count: those of listings that do, whoever brought them first; ids stay."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from ingest.images import get_random_images
from ingest.images.source import ImagesSource
from ingest.landing.origins import SAMPLE, last_origins
from ingest.landing.runner import run_source
from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY, IMPATIENT, Fetch
from tests.images.hosts import RawHost, answer, page, png, redirect
from tests.uniting import unite, united

Fresh = Callable[[], AbstractContextManager[Warehouse]]


def serve(host: RawHost, folder: str, numbers: range, *broken: str) -> str:
    """List images of these numbers, each folder under names of its own; return the listing."""
    names = [f"{folder}-{number}.png" for number in numbers]
    host.answers[f"/{folder}/"] = page(*names, *broken)
    for number, name in zip(numbers, names, strict=True):
        host.answers[f"/{folder}/{name}"] = answer(png(number))
    return f"{host.url}/{folder}/"


def fetch_sample(listing: str) -> None:
    source = ImagesSource(listing, 1_000, 1, concurrency=8, limits=IMPATIENT)
    run_source(source, SAMPLE)


def published(warehouse: Warehouse) -> dict[str, list[Any]]:
    """Everything published of images but for ids, times and the runs' numbers.

    A fresh warehouse gives ids and runs in an order of its own: `ids` are compared by themselves.
    """
    warehouse.build(*IMAGES_ONLY)
    assert len(set(ids(warehouse))) == len(ids(warehouse))
    return {
        "images": warehouse.query(
            "select url, title, width, height, format, sha256, content::text from marts.images "
            "order by 1"
        ),
        **united(warehouse, "images"),
    }


def ids(warehouse: Warehouse) -> dict[str, int]:
    return dict(warehouse.query("select sha256, image_id from marts.images"))


def shows(warehouse: Warehouse, listing: str) -> list[str]:
    """The tables above raw, but for that of the origins, that show anything of a listing."""
    tables = warehouse.query(
        "select table_schema || '.' || table_name from information_schema.tables where "
        "table_schema in ('staging', 'intermediate', 'marts', 'exports') "
        "and table_name not like '%%origins'"
    )
    query = "select count(*) from {} as t where t::text like %s"
    pattern = f"%{listing}%"
    return [table for (table,) in tables if warehouse.query(query.format(table), pattern)[0][0]]


def test_after_each_step_the_marts_are_what_is_left_alone(
    warehouse: Warehouse, host: RawHost, fetch: Fetch, fresh: Fresh
) -> None:
    """Sample, own, more of one's own, one forgotten, back, forgotten and pruned, back again."""
    sample = serve(host, "s", range(10))
    one, two = serve(host, "a", range(5, 15)), serve(host, "b", range(10, 20), "gone.png")

    def alone(*listings: str) -> dict[str, list[Any]]:
        with fresh() as other:
            for listing in listings:
                fetch(listing)
            return published(other)

    unite(warehouse)
    fetch_sample(sample)
    assert len(published(warehouse)["images"]) == 10

    assert "the sample counts no more: own data is landed" in fetch(one).notes
    assert published(warehouse) == alone(one)  # what the sample brought too is no duplicate
    assert shows(warehouse, sample) == []
    own = ids(warehouse)
    assert sorted(own.values()) == list(range(1, 11))  # from 1, whatever the sample had

    fetch(two)
    both = published(warehouse)
    assert both == alone(one, two)
    assert repr(("attempts", two, 11, 5, 1, 5)) in both["united reconciliation"]
    all_ids = ids(warehouse)
    assert sorted(all_ids.values()) == list(range(1, 16))
    assert own.items() <= all_ids.items()

    warehouse.ingest("forget", "images", one, "--yes")
    left = published(warehouse)
    assert left == alone(two)  # images that both brought stay, with the address of the other
    assert shows(warehouse, one) == []
    assert ids(warehouse).items() <= all_ids.items()
    assert len(ids(warehouse)) == 10

    asked = len(host.asked)
    run = fetch(one)
    assert (run.rows_landed, len(host.asked) - asked) == (0, 2)  # robots.txt and the listing
    assert published(warehouse) == both
    assert ids(warehouse) == all_ids
    assert fetch(one).origins.known == run.origins.known  # a second run changes nothing
    assert published(warehouse) == both

    warehouse.ingest("forget", "images", one, "--yes")
    warehouse.ingest("prune", "--keep", 0)
    assert warehouse.query("select count(*) from raw_images.contents") == [(10,)]
    assert warehouse.query("select count(*) from raw_images.attempts") == [(11,)]
    assert published(warehouse) == left
    fetch(one)
    assert warehouse.query("select count(*) from raw_images.contents") == [(15,)]
    assert published(warehouse) == alone(two, one)
    assert ids(warehouse) == all_ids
    assert last_origins(warehouse.query, "images")[1].records == 10

    warehouse.ingest("images", "--take-down", f"{two}b-12.png")  # both brought it
    published(warehouse)
    judged = "select * from intermediate.int_images__attempts order by run_id, draw"
    step_by_step = warehouse.query(judged)
    warehouse.build("-s", "int_images__attempts", "--full-refresh", without=["test"])
    assert warehouse.query(judged) == step_by_step


def test_an_image_deleted_by_hand_is_put_back_and_the_reader_goes_on(
    warehouse: Warehouse, host: RawHost, fetch: Fetch
) -> None:
    fetch(serve(host, "a", range(40)))
    warehouse.build(*IMAGES_ONLY)
    everything = "select image_id, url, content, ctid::text from marts.images order by 1"
    before = warehouse.query(everything)
    beside = get_random_images(limit=2_000, seed=1)
    next(beside)
    warehouse.query("delete from marts.images where image_id = 29")
    rest = [image.image_id for image in beside]  # the first of them were read by then
    assert len(rest) == 1_999
    assert 29 not in rest[200:]
    read = [image.image_id for image in get_random_images(limit=2_000, seed=1)]
    assert set(read) == set(range(1, 41)) - {29}
    assert len(list(get_random_images(epoch=True))) == 39
    warehouse.build(*IMAGES_ONLY)
    after = warehouse.query(everything)
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert [row for row in after if row[0] != 29] == [row for row in before if row[0] != 29]
    assert len(list(get_random_images(epoch=True))) == 40


def test_list_files_count_side_by_side_and_a_link_is_not_followed(
    warehouse: Warehouse, host: RawHost, fetch: Fetch
) -> None:
    serve(host, "a", range(4))
    lists = []
    for name, numbers in (("one.txt", (0, 1)), ("two.txt", (2, 3))):
        lists.append(warehouse.folder / name)
        lists[-1].write_text("".join(f"{host.url}/a/a-{n}.png\n" for n in numbers))
    link = warehouse.folder / "current.txt"
    link.symlink_to(lists[0])
    for path in (link, lists[1]):
        fetch(path)
    known = last_origins(warehouse.query, "images")
    assert [(o.address, o.records, o.counts, o.kind) for o in known] == [
        (str(link), 2, True, "own"),
        (str(lists[1]), 2, True, "own"),
    ]
    assert fetch(link).rows_landed == 0
    outcomes = "select outcome from raw_ledger.runs order by run_id"
    assert warehouse.query(outcomes) == [("loaded",), ("loaded",), ("nothing new",)]


def test_a_listing_is_the_same_however_its_address_is_written(
    warehouse: Warehouse, host: RawHost
) -> None:
    listing = serve(host, "a", range(3))
    host.answers["/a"] = redirect("/a/")
    host.answers["/a/?C=N;O=D"] = host.answers["/a/"]
    port = listing.split(":")[2]
    assert "3 images, drawn" in warehouse.ingest("images", "--url", f"http://localhost:{port}")
    for start in ("http://localhost:", "HTTP://LocalHost:"):
        for end in (port, port[:-1], f"{port}?C=N;O=D", f"{port}#x"):
            said = warehouse.ingest("images", "--url", start + end)
            assert "images: nothing new" in said, said
    assert len(last_origins(warehouse.query, "images")) == 1


@pytest.mark.parametrize(
    "window",
    [
        "while extracting",
        "between a file's commit and its marker",
        "before the load is complete",
        "after the load is complete",
    ],
)
def test_a_kill_while_the_sample_is_retired(
    warehouse: Warehouse, host: RawHost, window: str
) -> None:
    fetch_sample(serve(host, "s", range(10)))
    own = ("images", "--url", serve(host, "a", range(5, 15)))
    warehouse.kill(window, 1, *own)
    warehouse.ingest(*own)
    known = last_origins(warehouse.query, "images")
    assert [(o.kind, o.counts, o.records) for o in known] == [
        ("sample", False, 10),
        ("own", True, 10),
    ]
    assert "nothing new" in warehouse.ingest(*own)
    assert warehouse.query("select count(*) from raw_images.contents") == [(15,)]
    warehouse.build(*IMAGES_ONLY)
    assert warehouse.query("select min(image_id), max(image_id), count(*) from marts.images") == [
        (1, 10, 10)
    ]
