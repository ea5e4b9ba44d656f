"""The choice is random over the whole listing, and the seed repeats it."""

from collections.abc import Iterator
from itertools import islice

import pytest

from ingest.images.candidates import Candidates
from ingest.landing.ledger import Run, open_run
from ingest.landing.progress import Progress
from ingest.sources import prepare_all
from tests.conftest import Warehouse
from tests.images.conftest import Fetch
from tests.images.hosts import RawHost, answer, page, png


@pytest.fixture
def run(warehouse: Warehouse) -> Iterator[Run]:  # noqa: ARG001 - in its database
    prepare_all()
    with open_run("images", Progress("images")) as run:
        yield run


def chosen(run: Run, urls: list[str], seed: int, count: int) -> list[str]:
    candidates = Candidates(run)
    for url in urls:
        candidates.add(url, None)
    candidates.draw(seed)
    try:
        return [candidate.url for candidate in islice(candidates, count)]
    finally:
        run.execute("close drawn")


def test_every_url_is_as_likely_as_any_other(run: Run) -> None:
    """60 runs of 50 out of 1,000 URLs: 3,000 choices, 150 of them from each 20th of the listing."""
    urls = [f"http://h/shelf-{number // 100}/{number:04d}.png" for number in range(1_000)]
    hits = [0] * 20
    for seed in range(60):
        choice = chosen(run, urls, seed, 50)
        assert len(set(choice)) == 50
        for url in choice:
            hits[int(url[-8:-4]) // 50] += 1
    chi_square = sum((hit - 150) ** 2 / 150 for hit in hits)
    assert chi_square < 43.8  # 19 degrees of freedom, p = 0.001


def test_the_seed_repeats_the_choice_whatever_order_the_pages_came_in(run: Run) -> None:
    urls = [f"http://h/{number}.png" for number in range(500)]
    first = chosen(run, urls, 7, 100)
    assert chosen(run, [*reversed(urls), *urls], 7, 100) == first
    assert chosen(run, urls, 7, 50) == first[:50]
    assert chosen(run, urls, 8, 100) != first


def test_any_text_survives_the_way_to_the_table(run: Run) -> None:
    candidates = Candidates(run)
    odd = "http://h/tab\tnew\nline\\N\\.,\"'ü"
    candidates.add(odd, "ti\ttle\\")
    candidates.draw(1)
    ((found),) = list(candidates)
    assert (found.draw, found.url, found.title) == (1, odd, "ti\ttle\\")


def test_failures_and_duplicates_are_made_up_for_and_the_seed_still_repeats(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    """A third of the URLs fail and a third are one and the same image."""
    names = [f"{number}.png" for number in range(90)]
    host.answers = {"/": page(*names)}
    for number, name in enumerate(names):
        reply = (answer(png(number)), answer(png(9_999)), answer(b"", "404 Not Found"))[number % 3]
        host.answers[f"/{name}"] = reply

    def taken(*, concurrency: int) -> list[tuple[object, ...]]:
        fetch(f"{host.url}/", count=20, seed=3, concurrency=concurrency)
        rows = warehouse.query("select draw, url, error from raw_images.attempts order by draw")
        assert warehouse.query("select count(*) from raw_images.contents") == [(20,)]
        warehouse.query("truncate raw_images.attempts, raw_images.contents")
        return rows

    assert taken(concurrency=1) == taken(concurrency=16)


def test_a_failed_url_is_tried_again_and_a_stored_one_is_not(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    host.answers = {"/": page("x.png", "y.png"), "/x.png": answer(png(1))}
    fetch(f"{host.url}/")
    host.answers["/y.png"] = answer(png(2))
    run = fetch(f"{host.url}/")
    assert host.asked.count("/x.png") == 1
    assert run.rows_landed == 3  # an attempt, a content, the draw; the page is as it was
    assert fetch(f"{host.url}/").rows_landed == 0
    assert warehouse.query("select url, error from raw_images.attempts order by run_id, url") == [
        (f"{host.url}/x.png", None),
        (f"{host.url}/y.png", "http status"),
        (f"{host.url}/y.png", None),
    ]
