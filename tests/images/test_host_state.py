"""A host that asks to wait, or dies: slowed down, closed for the run; nothing is rejected."""

import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import pytest

from ingest.common.errors import IngestError
from ingest.images.access import Access
from tests.conftest import Warehouse, free_port
from tests.images.conftest import Fetch
from tests.images.hosts import Answer, RawHost, answer, page, png

LANDED = "select count(*) filter (where error is null), count(error) from raw_images.attempts"


def numbered(host: RawHost, count: int, otherwise: Answer, good: int) -> str:
    """List images, of which only the first `good` that are asked for are given."""
    host.answers = {
        "/": page(*(f"{number}.png" for number in range(count))),
        "/robots.txt": answer(b"", "404 Not Found"),
    }
    given: list[str] = []
    lock = threading.Lock()

    def image(path: str) -> Answer:
        with lock:
            if path not in given and len(given) >= good:
                return otherwise
            given.append(path)
        return answer(png(int(path[1:-4])))

    host.otherwise = image
    return f"{host.url}/"


@pytest.mark.parametrize("status", ["429 Slow down", "503 Busy"])
def test_who_asks_to_wait_for_long_is_asked_no_more(
    host: RawHost, fetch: Fetch, warehouse: Warehouse, status: str
) -> None:
    busy = answer(b"", status, "Retry-After: 120\r\n")
    url = numbered(host, 2_000, busy, good=100)
    run = fetch(url)
    assert warehouse.query(LANDED) == [(100, 0)]
    assert len(host.asked) < 100 + 2 + 2 * 8  # what was under way
    told = "; ".join(run.missing)
    assert f"{host.url}: HTTP status {status[:3]}, and asks to wait for 120 s" in told
    assert "1,900 URLs left to a later run" in told
    assert "100 of 1,000 asked for" in run.notes

    numbered(host, 2_000, busy, good=2_000)
    run = fetch(url)
    assert not run.missing
    assert warehouse.query(LANDED) == [(1_100, 0)]


def drops(_out: BinaryIO, _nth: int) -> None:
    raise ConnectionAbortedError


@pytest.mark.parametrize("otherwise", [answer(b"", "429 Slow down"), answer(b"", "503 No"), drops])
def test_who_gives_nothing_any_more_is_closed_after_some_probes(
    host: RawHost, fetch: Fetch, warehouse: Warehouse, otherwise: Answer
) -> None:
    """A backend that is dead though robots.txt is served is found out too, a little later."""
    url = numbered(host, 1_000, otherwise, good=100)
    run = fetch(url)
    good, failed = warehouse.query(LANDED)[0]
    assert good == 100
    assert failed <= 2  # which were probed one by one while robots.txt was there
    assert len(host.asked) < 200
    assert "left to a later run" in "; ".join(run.missing)


def test_a_host_that_dies_costs_some_connects(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    listed = page(*(f"{number}.png" for number in range(1_000)))

    def image(path: str) -> Answer:
        number = int(path[1:-4])

        def reply(out: BinaryIO, _nth: int) -> None:
            answer(png(number))(out, 1)
            if len(host.asked) == 100:
                host.server.socket.close()  # nobody listens any more

        return reply

    host.answers = {"/": listed, "/robots.txt": answer(b"", "404 Not Found")}
    host.otherwise = image
    run = fetch(f"{host.url}/")
    good, failed = warehouse.query(LANDED)[0]
    assert good >= 98  # connections that were open went on
    assert failed <= 2  # as long as others were answered over what was open
    if good < 1_000:
        assert "left to a later run" in "; ".join(run.missing)


def test_hosts_that_are_not_there_are_told_and_the_others_serve(
    host: RawHost, warehouse: Warehouse, tmp_path: Path
) -> None:
    dead = [f"http://127.0.0.1:{free_port()}/x.png" for _ in range(2)]
    path = tmp_path / "urls.txt"
    path.write_text("\n".join([*dead, f"{host.url}/a.png"]))
    host.answers = {"/a.png": answer(png(1))}
    said, status = warehouse.status("ingest", "images", "--url-list", path)
    assert status == 2
    assert "incomplete: " in said
    assert all(url.removesuffix("/x.png") in said for url in dead)
    assert "2 URLs left to a later run" in said
    assert warehouse.query(LANDED) == [(1, 0)]


def test_a_host_that_is_full_now_and_then_gives_everything(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    """More than three at a time are too many: each is given in the end."""
    active, lock = [0], threading.Lock()
    host.answers = {"/": page(*(f"{number}.png" for number in range(120)))}

    def image(path: str) -> Answer:
        def reply(out: BinaryIO, _nth: int) -> None:
            with lock:
                active[0] += 1
                full = active[0] > 3
            time.sleep(0.005)
            with lock:
                active[0] -= 1
            (answer(b"", "429 Full") if full else answer(png(int(path[1:-4]))))(out, 1)

        return reply

    host.otherwise = lambda path: image(path) if path[1:-4].isdigit() else answer(b"", "404 No")
    run = fetch(f"{host.url}/")
    assert warehouse.query(LANDED) == [(120, 0)]
    assert not run.missing


def test_one_url_that_fails_for_ever_does_not_close_its_host(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    host.answers = {"/": page("ill.png", "x.png"), "/ill.png": answer(b"", "503 No")}
    host.answers["/x.png"] = answer(png(1))
    run = fetch(f"{host.url}/")
    assert not run.missing
    assert warehouse.query("select status from raw_images.attempts order by 1") == [(200,), (503,)]


def test_no_more_requests_a_second_than_asked_for(host: RawHost, fetch: Fetch) -> None:
    times: list[float] = []
    host.answers = {"/": page(*(f"{number}.png" for number in range(6)))}

    def image(path: str) -> Answer:
        times.append(time.monotonic())
        return (
            answer(png(1)) if path != "/robots.txt" else answer(b"User-agent: *\nCrawl-delay: 0.2")
        )

    host.otherwise = image
    fetch(f"{host.url}/", access=Access(rate=20))
    assert all(b - a > 0.04 for a, b in pairwise(times[1:]))
    times.clear()
    fetch(f"{host.url}/", access=Access(rate=20, crawl_delay=True))
    assert all(b - a > 0.15 for a, b in pairwise(times[1:]))


def test_a_listing_of_a_closed_host_is_one_line(host: RawHost, fetch: Fetch) -> None:
    host.answers = {"/": answer(b"", "429 Slow down", "Retry-After: 600\r\n")}
    with pytest.raises(IngestError, match="HTTP status 429, and asks to wait for 600 s"):
        fetch(f"{host.url}/")
