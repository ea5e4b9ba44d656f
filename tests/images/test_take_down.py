"""Images that must go: their bytes at once and for good, the others as they were."""

import hashlib
from pathlib import Path

import pytest

from ingest.images import get_random_images
from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY, Fetch
from tests.images.hosts import RawHost, answer, page, png

OTHERS = "select image_id, sha256, ctid::text from marts.images order by 1"
REJECTED = (
    "select raw_text, reason from intermediate.int_images__rejected_records order by raw_text"
)
COUNTS = (
    "select read, accepted, rejected, duplicate from intermediate.int_images__reconciliation "
    "where record_table = 'attempts' order by origin"
)


def digest(number: int) -> str:
    return hashlib.sha256(png(number)).hexdigest()


@pytest.fixture
def listing(host: RawHost) -> str:
    """Ten images; the fourth is there under two names."""
    names = [f"{number}.png" for number in range(10)]
    host.answers = {f"/a/{name}": answer(png(n)) for n, name in enumerate(names)}
    host.answers |= {"/a/": page(*names, "copy.png"), "/a/copy.png": answer(png(3))}
    return f"{host.url}/a/"


def bytes_of(warehouse: Warehouse, number: int) -> list[str]:
    """Where the bytes of an image still are."""
    tables = [("raw_images.contents",), ("marts.images",)]
    tables = [t for t in tables if warehouse.query("select to_regclass(%s)", *t) != [(None,)]]
    found = [
        table
        for (table,) in tables
        if warehouse.query(f"select 1 from {table} where sha256 = %s", digest(number))
    ]
    home = Path(warehouse.env["WAREHOUSE_HOME"])
    return found + [str(file) for file in home.rglob("*.parquet")]


def test_an_image_goes_at_once_and_for_good(
    warehouse: Warehouse, host: RawHost, listing: str, fetch: Fetch
) -> None:
    fetch(listing)
    warehouse.build(*IMAGES_ONLY)
    before = warehouse.query(OTHERS)
    url = f"{listing}3.png"
    said = warehouse.ingest("images", "--take-down", url, "--because", "a face")
    assert "images: taken down (1 image that came from " in said
    assert listing + "copy.png" in said
    assert bytes_of(warehouse, 3) == []
    tombstones = "select sha256, url, because, run_id from raw_images.take_downs order by url"
    assert warehouse.query(tombstones) == [
        (digest(3), url, "a face", 2),
        (digest(3), f"{listing}copy.png", "a face", 2),
    ]
    last = "select outcome, units_read, rows_landed from raw_ledger.runs order by run_id desc"
    assert warehouse.query(last)[0] == ("taken down", 1, 2)

    left = [row for row in before if row[1] != digest(3)]
    assert warehouse.query(OTHERS) == left  # before any build
    assert len(list(get_random_images(epoch=True))) == 9
    warehouse.build(*IMAGES_ONLY)
    assert warehouse.query(OTHERS) == left
    reason = "was taken down: a face"
    assert warehouse.query(REJECTED) == [(url, reason), (f"{listing}copy.png", reason)]
    assert warehouse.query(COUNTS) == [(11, 9, 2, 0)]

    # Neither its URL is asked again nor what comes from another one is landed.
    asked = host.asked.count("/a/3.png") + host.asked.count("/a/copy.png")
    assert fetch(listing).rows_landed == 0
    host.answers |= {"/b/": page("x.png", "y.png"), "/b/x.png": answer(png(3))}
    host.answers["/b/y.png"] = answer(png(77))
    run = fetch(f"{host.url}/b/")
    assert "1 taken down before and not landed" in run.notes
    assert any(note.startswith("1 image, drawn from 2 URLs") for note in run.notes)
    assert fetch(f"{host.url}/b/").rows_landed == 0
    assert host.asked.count("/a/3.png") + host.asked.count("/a/copy.png") == asked
    assert bytes_of(warehouse, 3) == []
    warehouse.build(*IMAGES_ONLY)
    assert warehouse.query(OTHERS)[:9] == left
    assert [row[:2] for row in warehouse.query(OTHERS)[9:]] == [(11, digest(77))]
    assert warehouse.query(COUNTS) == [(11, 9, 2, 0), (2, 1, 1, 0)]

    # The same again, by any of its names, changes nothing.
    for name in (url, digest(3).upper(), f"{host.url}/b/x.png"):
        assert "nothing new" in (said := warehouse.ingest("images", "--take-down", name))
        assert "is taken down already" in said
    assert len(warehouse.query(tombstones)) == 2

    # Tombstones outlive their listing.
    warehouse.ingest("forget", "images", listing, "--yes")
    warehouse.ingest("prune", "--keep", 0)
    fetch(listing)
    assert host.asked.count("/a/3.png") + host.asked.count("/a/copy.png") == asked
    warehouse.build(*IMAGES_ONLY)
    assert [row[:2] for row in warehouse.query(OTHERS)][:9] == [row[:2] for row in left]


def test_by_sha256_and_before_anything_is_built(
    warehouse: Warehouse, listing: str, fetch: Fetch
) -> None:
    fetch(listing)
    assert "taken down" in warehouse.ingest("images", "--take-down", digest(5))
    assert bytes_of(warehouse, 5) == []
    warehouse.build(*IMAGES_ONLY)
    assert warehouse.query(REJECTED) == [(f"{listing}5.png", "was taken down")]
    assert warehouse.query(COUNTS) == [(11, 9, 1, 1)]
    assert warehouse.query("select max(image_id) from marts.images") == [(9,)]


def test_what_is_unknown_or_makes_no_sense_is_one_line(
    warehouse: Warehouse, listing: str, fetch: Fetch
) -> None:
    fetch(listing)
    for unknown in (f"{listing}none.png", digest(99), ""):
        said = warehouse.ingest("images", "--take-down", unknown, fails=True)
        assert "error: no image was landed from" in said
    said = warehouse.ingest("images", "--take-down", digest(1), "--url", listing, fails=True)
    assert "give --take-down or --url, not both" in said
    said = warehouse.ingest("images", "--url", listing, "--because", "x", fails=True)
    assert "--because is of use only beside --take-down" in said
    assert warehouse.query("select count(*) from raw_images.take_downs") == [(0,)]
    assert warehouse.query("select count(*) from raw_images.contents") == [(10,)]


@pytest.mark.parametrize(
    ("window", "times"),
    [
        ("while extracting", 1),
        ("between a file's commit and its marker", 1),
        ("after the load is complete", 1),
        ("before ingest.images.take_down:_are_somewhere", 1),
        ("before ingest.images.take_down:_published", 4),  # three times it only asks
        ("after ingest.images.take_down:_published", 4),
    ],
)
def test_a_kill_in_the_middle_is_completed_by_any_run(
    warehouse: Warehouse, listing: str, fetch: Fetch, window: str, times: int
) -> None:
    fetch(listing)
    warehouse.build(*IMAGES_ONLY)
    goes = ("images", "--take-down", f"{listing}3.png")
    warehouse.kill(window, times, *goes)
    if window == "after the load is complete":
        fetch(listing)
        assert bytes_of(warehouse, 3) == []
    said = warehouse.ingest(*goes)
    assert ("is taken down already" in said) == (window != "while extracting")
    assert bytes_of(warehouse, 3) == []
    assert warehouse.query("select count(*) from raw_images.take_downs") == [(2,)]
    assert warehouse.query("select count(*) from marts.images") == [(9,)]
    warehouse.build(*IMAGES_ONLY)
    assert warehouse.query(COUNTS) == [(11, 9, 2, 0)]


def test_nothing_of_what_was_downloaded_stays_in_files(
    warehouse: Warehouse, listing: str, fetch: Fetch
) -> None:
    home = Path(warehouse.env["WAREHOUSE_HOME"])
    warehouse.kill("while extracting", 2, "images", "--url", listing)
    assert list(home.rglob("*.parquet")) != []
    fetch(listing)
    assert list(home.rglob("*.parquet")) == []
