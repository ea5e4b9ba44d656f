"""An outcome that is the last one again is not landed; one that differs is: URLs and pages."""

import pytest

from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY, Fetch
from tests.images.hosts import Answer, RawHost, answer, page, png

MISSING, CLOSED = answer(b"", "404 Not Found"), answer(b"", "403 Forbidden")
TEXT, OTHER_TEXT, HALF = answer(b"<html>"), answer(b"<p>"), answer(png(1)[:50])
ATTEMPTS = "select error, status from raw_images.attempts order by run_id, draw"


@pytest.mark.parametrize(
    ("first", "second", "is_news"),
    [
        (MISSING, MISSING, False),
        (MISSING, CLOSED, True),
        (MISSING, TEXT, True),
        (TEXT, TEXT, False),
        (TEXT, OTHER_TEXT, True),
        (HALF, HALF, False),
        (HALF, answer(png(1)), True),
        (answer(png(1)), MISSING, False),  # it is not fetched again
    ],
)
def test_a_url(
    warehouse: Warehouse, host: RawHost, fetch: Fetch, first: Answer, second: Answer, is_news: bool
) -> None:
    host.answers = {"/": page("x.png"), "/x.png": first}
    fetch(f"{host.url}/")
    before = warehouse.query(ATTEMPTS)
    host.answers["/x.png"] = second
    run = fetch(f"{host.url}/")
    assert (run.rows_landed > 0) == is_news
    assert len(warehouse.query(ATTEMPTS)) == len(before) + is_news
    assert fetch(f"{host.url}/").rows_landed == 0
    warehouse.build(*IMAGES_ONLY)  # what was counted adds up


@pytest.mark.parametrize(
    ("second", "is_news"),
    [(CLOSED, False), (MISSING, True), (page(), True), (page("y.png"), True)],
)
def test_a_page(
    warehouse: Warehouse, host: RawHost, fetch: Fetch, second: Answer, is_news: bool
) -> None:
    host.answers = {"/": page("x.png", "sub/"), "/x.png": answer(png(1)), "/sub/": CLOSED}
    fetch(f"{host.url}/")
    host.answers |= {"/sub/": second, "/sub/y.png": answer(png(2))}
    fetch(f"{host.url}/")
    pages = "select count(*) from raw_images.pages where url like '%sub/'"
    assert warehouse.query(pages) == [(1 + is_news,)]
    assert fetch(f"{host.url}/").rows_landed == 0
    warehouse.build(*IMAGES_ONLY)


def test_another_listing_and_one_that_was_pruned_have_their_own(
    warehouse: Warehouse, host: RawHost, fetch: Fetch
) -> None:
    """What each listing shows is what it gives alone."""
    host.answers = {f"/{name}/": page("gone.png") for name in ("a", "a/b")}
    host.answers["/a/"] = page("b/gone.png")
    for listing in ("a/", "a/b/"):
        fetch(f"{host.url}/{listing}")
    assert warehouse.query(ATTEMPTS) == [("http status", 404)] * 2
    run = fetch(f"{host.url}/a/")
    assert (
        "1 failed, 1 of them as before; a later run that draws them tries them again" in run.notes
    )
    warehouse.ingest("forget", "images", f"{host.url}/a/", "--yes")
    assert fetch(f"{host.url}/a/").rows_landed == 0  # it is all there still
    warehouse.ingest("forget", "images", f"{host.url}/a/", "--yes")
    warehouse.ingest("prune", "--keep", 0)
    fetch(f"{host.url}/a/")
    assert warehouse.query(ATTEMPTS) == [("http status", 404)] * 2
    warehouse.build(*IMAGES_ONLY)
