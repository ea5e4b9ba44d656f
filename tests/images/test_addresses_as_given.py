"""An address reaches its host as it was given: only what is illegal is escaped."""

from pathlib import Path

import pytest

from ingest.images.urls import as_sent
from tests.conftest import Warehouse
from tests.images.conftest import Fetch
from tests.images.hosts import RawHost, answer, png, redirect

SIGNED = "/signed/http%3A%2F%2Fx/a%28b%29.png?Signature=qZ0%2BPP2g%3D&X=a%3Ab"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (SIGNED, SIGNED),
        ("/a%7e%2e%2E/~b(c)!*';:@&=+$,.png", "/a%7e%2e%2E/~b(c)!*';:@&=+$,.png"),
        ("/a/../b/./c.png", "/a/../b/./c.png"),
        ("/a.png?x#part", "/a.png?x"),
        ('/a b"<ü>\\^`{|}.png', "/a%20b%22%3C%C3%BC%3E%5C%5E%60%7B%7C%7D.png"),
        ("/100%.png?50%&%zz", "/100%25.png?50%25&%25zz"),
        ("?x=1", "/?x=1"),
        ("", "/"),
    ],
)
def test_what_is_sent(given: str, sent: str) -> None:
    assert str(as_sent(f"http://h{given}")) == f"http://h{sent}"


def test_hosts_in_foreign_letters_and_numbers() -> None:
    assert str(as_sent("http://u:p@bücher.example:81/x")) == "http://xn--bcher-kva.example:81/x"
    assert str(as_sent("http://[::1]:81/x")) == "http://[::1]:81/x"


def test_a_host_sees_it_also_after_a_redirect(
    host: RawHost, fetch: Fetch, warehouse: Warehouse, tmp_path: Path
) -> None:
    host.answers = {
        SIGNED: redirect(f"{host.url}/next{SIGNED}"),
        f"/next{SIGNED}": answer(png(1)),
        "/plain%2Fa+b.png": answer(png(2)),
    }
    path = tmp_path / "urls.txt"
    path.write_text(f"{host.url}{SIGNED}\n{host.url}/plain%2Fa+b.png\n")
    fetch(path)
    assert warehouse.query("select count(*) from raw_images.contents") == [(2,)]
