"""Listings as servers of all kinds write them: what is a link, what is a folder, what is none."""

import json
from collections.abc import Callable

import pytest

from ingest.common.errors import IngestError
from ingest.images.page import Page
from tests.conftest import Warehouse
from tests.images.conftest import Fetch
from tests.images.hosts import RawHost, answer, page, png, redirect

NAMES = "select file_name, listed_title from raw_images.attempts where error is null order by 1"


def html(text: str) -> Callable[..., object]:
    return answer(f"<html><body>{text}</body></html>".encode())


def test_links_are_told_from_what_looks_like_them(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    host.answers["/d/"] = html(  # type: ignore[assignment]
        '<a name="top"><h1>I</h1><a href="1.png">1.png</a>'
        '<!-- <a href="hidden.png">h</a> --><a href="2.png">two'
        '<a href="3.png" title="three">3</a><script>"<a href=no.png>"</script>'
        "<A HREF='4.png'>f<b>ou</b>r</A><a data-x='>' href=5.png>5</a>"
    )
    host.otherwise = lambda path: answer(png(sum(path.encode())))
    fetch(f"{host.url}/d/")
    assert warehouse.query(NAMES) == [
        ("1.png", "1.png"),
        ("2.png", "two"),
        ("3.png", "three"),
        ("4.png", "four"),
        ("5.png", "5"),
    ]


def test_base_is_heeded(host: RawHost, fetch: Fetch, warehouse: Warehouse) -> None:
    host.answers["/d/"] = html('<base href="/d/inner/"><a href="x.png">x</a>')  # type: ignore[assignment]
    host.answers["/d/inner/x.png"] = answer(png(1))
    fetch(f"{host.url}/d/")
    assert warehouse.query("select url from raw_images.attempts") == [
        (f"{host.url}/d/inner/x.png",)
    ]


def test_a_folder_without_a_slash_is_found(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    """Beside a file without an ending, and with a folder in it that is shown in the same way."""
    host.answers = {
        "/": page("sub", "README", "a.png"),
        "/sub": redirect("/sub/"),
        "/sub/": page("deeper", "b.png"),
        "/sub/deeper": redirect(f"{host.url}/sub/deeper/"),
        "/sub/deeper/": page("c.png", "../deeper"),
        "/README": answer(png(9)),
    }
    host.otherwise = lambda path: (
        answer(png(sum(path.encode()))) if path.endswith(".png") else answer(b"", "404 No")
    )
    fetch(f"{host.url}/")
    found = [name for name, _ in warehouse.query(NAMES)]
    assert found == ["README", "a.png", "b.png", "c.png"]
    assert warehouse.query("select count(*) from raw_images.pages") == [(3,)]


@pytest.mark.parametrize("piece", [b"<a x", b"<!--", b"<", b'<a href="', b"<a x=1 ", b"<a href=x>"])
def test_a_page_costs_what_it_is_long(piece: bytes) -> None:
    """5 MB of what was quadratic in 200 kB: it would take hours."""
    found = Page("http://h/", "http://h/", lambda *_: None)
    whole = b"<p>" + piece * (5_000_000 // len(piece))
    for start in range(0, len(whole), 65_536):
        found.feed(whole[start : start + 65_536])
    found.end_of_page()


JSON = [
    {"name": "sub", "type": "directory", "mtime": "Sat, 21 Nov 2026 09:51:00 GMT"},
    {"name": "a b#?.png", "type": "file", "size": 5},
    {"name": "c:d.png", "is_dir": False, "url": "./c:d.png"},
    {"name": "of caddy/", "is_dir": True, "url": "./of%20caddy/"},
]
XML = (
    '<?xml version="1.0"?>\n<list>\n<directory mtime="2026-11-21T09:51:00Z">sub</directory>\n'
    '<file mtime="2026-11-21T09:51:00Z" size="5">a &amp; b.png</file>\n</list>'
)


def test_json_and_xml_of_nginx_and_caddy(host: RawHost, fetch: Fetch, warehouse: Warehouse) -> None:
    host.answers = {
        "/": answer(json.dumps(JSON).encode()),
        "/sub/": answer(XML.encode()),
        "/of%20caddy/": answer(b"[]"),
        "/sub/sub/": answer(b"<list></list>"),
    }
    host.otherwise = lambda path: answer(png(sum(path.encode())))
    fetch(f"{host.url}/")
    assert [name for name, _ in warehouse.query(NAMES)] == ["a & b.png", "a b#?.png", "c:d.png"]
    assert warehouse.query("select count(*), count(error) from raw_images.pages") == [(4, 0)]


def bucket(keys: list[str], more: str = "", kind: str = "") -> Callable[..., object]:
    contents = "".join(f"<Contents><Key>{key}</Key><Size>9</Size></Contents>" for key in keys)
    truncated = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{more}{kind}"
    return answer(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{truncated}{contents}'
        "</ListBucketResult>".encode()
    )


def test_a_list_of_objects_goes_on_to_its_end(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    token = "<NextContinuationToken>a+/=</NextContinuationToken>"
    host.answers = {  # type: ignore[assignment]
        "/b?list-type=2": bucket(["x/", "x/1.png", "x y+.png"], token),
        "/b?list-type=2&continuation-token=a%2B%2F%3D": bucket(["2.png"]),
        "/v1/": bucket(["3.png", "4.png"], " "),
        "/v1/?marker=4.png": bucket(["5%206.png"], "", "<EncodingType>url</EncodingType>"),
        "/robots.txt": answer(b"", "404 No"),
    }
    host.otherwise = lambda path: answer(png(sum(path.encode())))
    fetch(f"{host.url}/b?list-type=2")
    assert [name for name, _ in warehouse.query(NAMES)] == ["1.png", "2.png", "x y+.png"]
    assert {"/b/x/1.png", "/b/2.png", "/b/x%20y%2B.png"} <= set(host.asked)
    fetch(f"{host.url}/v1/")
    assert {"/v1/3.png", "/v1/4.png", "/v1/5%206.png"} <= set(host.asked)
    origins = warehouse.query("select distinct origin from raw_images.origins order by 1")
    assert origins[0][0].startswith(f"{host.url}/b?list-type=***#")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (png(1), r"it is an image \(PNG\)"),
        (b'{"error": "no"}', "it is JSON, and no listing"),
        (b'[{"id": 1}]', "it is JSON, and no listing"),
        (b"[1, ", "it is JSON that is cut off"),
        (b"<ListBucketResult><Contents>", "it is XML that is cut off"),
        (b"plain words", "it is neither HTML"),
        (b"", "it is empty"),
    ],
)
def test_what_is_no_listing_says_so(
    host: RawHost, fetch: Fetch, warehouse: Warehouse, body: bytes, told: str
) -> None:
    host.answers = {"/x": answer(body)}
    with pytest.raises(IngestError, match=told):
        fetch(f"{host.url}/x")
    assert warehouse.query("select count(*) from raw_images.origins") == [(0,)]
