"""Where redirects may lead, and how long a host may ask us to wait."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.images.answers import Refused, seconds_to_wait
from ingest.images.decode import decode
from ingest.images.limits import Limits
from ingest.images.url_list import read_url_list
from ingest.images.urls import redirected
from tests.images.hosts import png


@pytest.mark.parametrize(
    ("url", "location", "target"),
    [
        ("http://h/a/x", "y", "http://h/a/y"),
        ("http://h/a/x", "//h:80/y", "http://h:80/y"),
        ("http://h/x", "https://h/x", "https://h/x"),
        ("https://H/x", "https://h:443/y", "https://h:443/y"),
    ],
)
def test_redirects_on_the_same_host_are_followed(url: str, location: str, target: str) -> None:
    assert redirected(url, location) == target


@pytest.mark.parametrize(
    ("url", "location", "error"),
    [
        ("http://h/x", "http://other/x", "off-host redirect"),
        ("http://h/x", "http://h:5432/x", "off-host redirect"),
        ("https://h/x", "http://h/x", "off-host redirect"),
        ("http://h/x", "http://h.evil/x", "off-host redirect"),
        ("http://h/x", "http://user@h/x", "off-host redirect"),
        ("http://h/x", "javascript:alert(1)", "off-host redirect"),
        ("http://h/x", "http://[::1]/x", "private address"),
        ("http://h/x", "http://10.0.0.1/x", "private address"),
        ("http://h/x", "http://127.1.2.3/x", "private address"),
        ("http://h/x", "http://[::ffff:192.168.0.1]/x", "private address"),
        ("http://h/x", "http://db.internal/", "private address"),
        ("http://h/x", "http://[broken/", "off-host redirect"),
    ],
)
def test_redirects_elsewhere_are_refused(url: str, location: str, error: str) -> None:
    with pytest.raises(Refused) as refused:
        redirected(url, location)
    assert refused.value.error == error


def test_retry_after_is_a_number_or_a_date() -> None:
    assert seconds_to_wait("7") == 7
    soon = datetime.now(timezone.utc) + timedelta(seconds=60)
    assert 50 < seconds_to_wait(format_datetime(soon, usegmt=True)) <= 60
    for nothing in ("", "soon", "-1", "Thu, 01 Jan 1970 00:00:00 GMT"):
        assert seconds_to_wait(nothing) == 0


def test_hosts_that_are_named_may_be_redirected_to() -> None:
    named = frozenset({"cdn.example", "localhost"})
    assert redirected("http://h/x", "https://cdn.example/y", named) == "https://cdn.example/y"
    assert redirected("http://h/x", "http://any.example/robots.txt", None)
    for location in ("http://other.example/y", "http://u@cdn.example/y"):
        with pytest.raises(Refused, match="off-host redirect"):
            redirected("http://h/x", location, named)
    with pytest.raises(Refused, match="private address"):
        redirected("http://h/x", "http://localhost/y", named)


def test_an_image_is_proved_by_decoding_it() -> None:
    picture = decode(png(1, (5, 3)), Limits(image_pixels=15))
    assert (picture.format, picture.width, picture.height) == ("PNG", 5, 3)
    with pytest.raises(Refused, match="too many pixels"):
        decode(png(1, (5, 3)), Limits(image_pixels=14))
    with pytest.raises(Refused, match="not an image"):
        decode(b"%!PS-Adobe-3.0 EPSF-3.0\n", Limits())


def read(path: Path, content: bytes) -> list[tuple[str, str | None]]:
    path.write_bytes(content)
    return list(read_url_list(path))


def test_a_list_of_urls_is_text_or_csv(tmp_path: Path) -> None:
    plain = read(
        tmp_path / "urls.txt", b"\xef\xbb\xbfhttp://h/1\r\n\n  http://h/2 \nnot \xff\0 one\n"
    )
    assert plain == [("http://h/1", None), ("http://h/2", None), ("not \\xff\\x00 one", None)]
    table = read(
        tmp_path / "urls.csv",
        b'id,Title,URL\n1,"A, ""b""",http://h/1\n2,,http://h/2\n\nshort\n',
    )
    assert table == [("http://h/1", 'A, "b"'), ("http://h/2", None), ("short", None)]
    with pytest.raises(IngestError, match="line 1: the header names no column `url`"):
        read(tmp_path / "urls.csv", b"http://h/1\n")
