"""Hosts that lie, stall or never end: each costs an outcome row, and the run goes on."""

import io
import time
import zlib
from struct import pack
from typing import BinaryIO

import pytest
from PIL import Image

from ingest.common.errors import IngestError
from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY, Fetch
from tests.images.hosts import Answer, RawHost, answer, page, png, redirect

HTML = b"<!doctype html><title>404 Not Found</title>"
TEN_GIGABYTES = 10 << 30


def bomb() -> bytes:
    """A PNG of 30,000 x 30,000 pixels that is a few bytes long."""

    def block(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    header = pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + block(b"IHDR", header)
        + block(b"IDAT", zlib.compress(bytes(100_000)))
        + block(b"IEND", b"")
    )


def large() -> bytes:
    """An image of 67,554 bytes, which a thread decodes."""
    file = io.BytesIO()
    Image.new("RGB", (150, 150)).save(file, "BMP")
    return file.getvalue()


def endless(start: bytes = b"", piece: bytes = bytes(10_000)) -> Answer:
    """Sends for ever, and never says how much."""

    def write(out: BinaryIO, _nth: int) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + start)
        while True:
            out.write(piece)

    return write


def announced(size: int) -> Answer:
    def write(out: BinaryIO, _nth: int) -> None:
        out.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        while True:
            out.write(bytes(10_000))

    return write


def stalled(out: BinaryIO, _nth: int) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + png()[:50])
    out.flush()
    time.sleep(4)


def dripping(out: BinaryIO, _nth: int) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    for _ in range(40):
        out.write(b"x")
        time.sleep(0.2)


def broken_chunk(out: BinaryIO, _nth: int) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n")
    out.flush()
    raise ConnectionAbortedError


def hangs_up(out: BinaryIO, _nth: int) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort")
    out.flush()
    raise ConnectionAbortedError


def no_http(out: BinaryIO, _nth: int) -> None:
    out.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    raise ConnectionAbortedError


def gzipped(out: BinaryIO, _nth: int) -> None:
    answer(bytes(99), headers="Content-Encoding: gzip\r\n")(out, 1)


FAULTS: dict[str, tuple[Answer, str]] = {
    "announced.png": (announced(TEN_GIGABYTES), "too large"),
    "endless.png": (endless(), "too large"),
    "bomb.png": (answer(bomb()), "too many pixels"),
    "page.png": (answer(HTML), "not an image"),
    "empty.png": (answer(b""), "not an image"),
    "cut.png": (answer(png(1, (64, 64))[:-40]), "broken image"),
    "cut.bmp": (answer(large()[:-40]), "broken image"),
    "elsewhere.png": (redirect("http://images.example/x.png"), "off-host redirect"),
    "file.png": (redirect("file:///etc/passwd"), "off-host redirect"),
    "metadata.png": (redirect("http://169.254.169.254/latest/"), "private address"),
    "router.png": (redirect("http://[fd00::1]/x.png"), "private address"),
    "local.png": (redirect("http://localhost:5432/"), "private address"),
    "round.png": (redirect("round.png"), "too many redirects"),
    "stalled.png": (stalled, "timeout"),
    "dripping.png": (dripping, "timeout"),
    "chunk.png": (broken_chunk, "broken answer"),
    "short.png": (hangs_up, "broken answer"),
    "ssh.png": (no_http, "broken answer"),
    "gzip.png": (gzipped, "encoded answer"),
    "gone.png": (answer(b"", "410 Gone"), "http status"),
    "ill.png": (answer(b"", "500 Oops"), "http status"),
}


def test_each_fault_is_an_outcome_and_the_run_goes_on(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    # More than there are faults: a source that is mostly rejected is not published.
    good = {f"{number}.png": answer(png(number)) for number in range(49)}
    good["large.bmp"] = answer(large())
    faults = {name: reply for name, (reply, _) in FAULTS.items()}
    host.answers = {f"/{name}": reply for name, reply in (good | faults).items()}
    host.answers["/"] = page(*good, *faults)

    run = fetch(f"{host.url}/")
    outcomes = dict(
        warehouse.query("select file_name, error from raw_images.attempts where error is not null")
    )
    assert outcomes == {name: error for name, (_, error) in FAULTS.items()}
    assert warehouse.query("select count(*) from raw_images.contents") == [(50,)]
    assert run.units_read == 50 + len(FAULTS)
    assert any(note.startswith("the listing has no more: 50 of 1,000") for note in run.notes)
    tries = dict(warehouse.query("select file_name, tries from raw_images.attempts"))
    assert (tries["ill.png"], tries["stalled.png"]) == (3, 3)
    assert 3 <= tries["chunk.png"] <= 7  # it may look as if the host failed
    assert (tries["gone.png"], tries["0.png"]) == (1, 1)

    # All of it is accounted for, and told in words.
    warehouse.build(*IMAGES_ONLY)
    assert warehouse.query(
        "select read, accepted, rejected, duplicate from intermediate.int_images__reconciliation "
        "where record_table = 'attempts'"
    ) == [(50 + len(FAULTS), 50, len(FAULTS), 0)]
    reasons = warehouse.query(
        "select distinct reason from intermediate.int_images__rejected_records"
    )
    assert not {reason for (reason,) in reasons} & {error for _, error in FAULTS.values()}
    assert ("HTTP status 410",) in reasons


def test_a_listing_that_never_ends_does(host: RawHost, fetch: Fetch, warehouse: Warehouse) -> None:
    """Deeper and deeper, wider and wider, back to itself, and a page that goes on for ever."""
    host.otherwise = lambda path: (
        page("again/") if path.startswith("/deep") else page(f"{len(host.asked)}/", "../wide/")
    )
    host.answers = {
        "/": page("deep/", "wide/", "loop/", "long/", "../", "/", "x.png", "//127.0.0.1:1/y.png"),
        "/robots.txt": answer(b"", "404 Not Found"),
        "/loop/": page("../loop/", "./", "#top", "?C=N;O=D", "../x.png"),
        "/long/": endless(piece=b'<a href="../z.png">z</a>' * 400),
        "/x.png": answer(png(1)),
        "/z.png": answer(png(2)),
    }
    fetch(f"{host.url}/")
    found = warehouse.query("select file_name from raw_images.attempts order by 1")
    assert found == [("x.png",), ("z.png",)]
    errors = dict(warehouse.query("select error, count(*) from raw_images.pages group by error"))
    assert errors["too large"] == 1
    assert errors["too deep"] >= 2
    assert len(host.asked) < 150
    assert host.asked.count("/loop/") == 1


def test_more_pages_than_anybody_reads(host: RawHost, fetch: Fetch, warehouse: Warehouse) -> None:
    host.answers = {"/": page(*(f"{n}/" for n in range(500)), "x.png"), "/x.png": answer(png())}
    host.otherwise = lambda _path: page()
    run = fetch(f"{host.url}/")
    assert warehouse.query(
        "select count(*) from raw_images.pages where error = 'too many pages'"
    ) == [(1,)]
    assert warehouse.query("select count(*) from raw_images.pages") == [(52,)]
    assert "1 directory page could not be read" in run.notes


def test_a_sick_subdirectory_costs_itself_only(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    host.answers = {
        "/a/": page("sick/", "away/", "up/", "x.png"),
        "/a/sick/": answer(b"", "500 Oops"),
        "/a/away/": redirect("http://images.example/"),
        "/a/up/": redirect("/b/"),
        "/b/": page("secret.png"),
        "/a/x.png": answer(png()),
    }
    fetch(f"{host.url}/a/")
    assert warehouse.query("select count(*) from raw_images.contents") == [(1,)]
    assert warehouse.query(
        "select error from raw_images.pages where error is not null order by 1"
    ) == [
        ("http status",),
        ("off-base redirect",),
        ("off-host redirect",),
    ]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (answer(b"", "404 Not Found"), "http status 404"),
        (redirect("http://images.example/"), "off-host redirect"),
        (stalled, "timeout"),
    ],
)
def test_a_listing_that_cannot_be_read_is_one_line(
    host: RawHost, fetch: Fetch, reply: Answer, message: str
) -> None:
    host.answers = {"/": reply}
    with pytest.raises(IngestError, match=message):
        fetch(f"{host.url}/")


def test_robots_txt_is_respected(host: RawHost, fetch: Fetch, warehouse: Warehouse) -> None:
    rules = b"User-agent: *\nDisallow: /private/\nDisallow: /*.gif$\nAllow: /private/open/\n"
    host.answers = {
        "/robots.txt": answer(rules),
        "/": page("private/", "private/open/", "x.png", "x.gif", "sly.png"),
        "/private/open/": page("y.png"),
        "/sly.png": redirect("/private/z.png"),
        "/x.png": answer(png(1)),
        "/private/open/y.png": answer(png(2)),
    }
    run = fetch(f"{host.url}/")
    assert "1 URL closed by robots.txt" in run.notes
    assert not {"/private/", "/x.gif", "/private/z.png"} & set(host.asked)
    assert host.asked.count("/robots.txt") == 1
    assert warehouse.query("select file_name, error from raw_images.attempts order by 1") == [
        ("sly.png", "robots.txt"),
        ("x.png", None),
        ("y.png", None),
    ]


def test_a_host_that_keeps_its_robots_txt_to_itself_is_left_alone(
    host: RawHost, fetch: Fetch
) -> None:
    host.answers = {"/robots.txt": answer(b"", "503 No"), "/": page("x.png")}
    with pytest.raises(IngestError, match=r"robots\.txt: 503"):
        fetch(f"{host.url}/")
    assert set(host.asked) == {"/robots.txt"}


def test_what_passes_is_tried_again_and_retry_after_is_heeded(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    asked: list[float] = []

    def busy(out: BinaryIO, nth: int) -> None:
        asked.append(time.monotonic())
        no = answer(b"", "429 Slow down", "Retry-After: 1\r\n")
        (no if nth == 1 else answer(png(1)))(out, nth)

    host.answers = {"/": page("x.png"), "/x.png": busy}
    fetch(f"{host.url}/")
    assert warehouse.query("select error, status, tries from raw_images.attempts") == [
        (None, 200, 2)
    ]
    assert asked[1] - asked[0] >= 1.0


def test_odd_links_reach_their_files(host: RawHost, fetch: Fetch, warehouse: Warehouse) -> None:
    """Spaces, umlauts, entities, other quotes, NUL, invalid UTF-8: as real listings have them."""
    buffer = io.BytesIO()
    buffer.write(
        b"<A class=x HREF='a%20b.png'>a b.png</A><a href=c.png title='A &amp; \xc3\xbc'>c</a>"
    )
    buffer.write(b'<a href="d&amp;e.png">d&amp;e..&gt;</a><a href="\xfc.png">\xfc</a>')
    buffer.write(b'<a href="n\0.png">n</a><a href="%2e%2e/up.png">up</a><a>none</a>')
    host.answers = {"/": answer(buffer.getvalue())}
    host.otherwise = lambda path: answer(png(sum(path.encode())))
    fetch(f"{host.url}/")
    rows = warehouse.query(
        "select file_name, listed_title, error from raw_images.attempts order by 1"
    )
    assert rows == [
        ("a b.png", "a b.png", None),
        ("c.png", "A & ü", None),
        ("d&e.png", "d&e..>", None),
        ("n\ufffd.png", "n", None),
        ("ü.png", "ü", None),
    ]
