"""Ways to a host: its own certificate, proxies, redirects to named hosts, robots.txt elsewhere."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.images.access import Access
from tests.conftest import Warehouse
from tests.images.conftest import Fetch
from tests.images.hosts import RawHost, answer, page, png, raw_host, redirect
from tests.optional import need

ERRORS = "select error from raw_images.attempts order by url"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A host with a certificate that it signed itself, and the file of it."""
    need("openssl", shutil.which("openssl") is not None)
    folder, key, certificate = tmp_path / "www", tmp_path / "key.pem", tmp_path / "cert.pem"
    folder.mkdir()
    (folder / "a.png").write_bytes(png(1))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}/", certificate
    server.shutdown()
    server.server_close()


def test_a_certificate_of_its_own(
    secure: tuple[str, Path], fetch: Fetch, warehouse: Warehouse, tmp_path: Path
) -> None:
    url, certificate = secure
    with pytest.raises(IngestError, match=r"its certificate is not trusted .*--ca-file"):
        fetch(url)
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{url}a.png\n")
    assert "its certificate is not trusted" in "; ".join(fetch(listed).missing)
    fetch(url, access=Access(ca_file=certificate))
    assert warehouse.query("select count(*) from raw_images.contents") == [(1,)]


def test_a_proxy_is_heeded_and_so_is_what_it_is_not_for(
    host: RawHost, fetch: Fetch, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy is asked for whole addresses, of hosts that no name server knows."""
    far = "http://far.invalid/"
    host.answers = {far: page("a.png"), f"{far}a.png": answer(png(1))}
    monkeypatch.setenv("HTTP_PROXY", host.url)
    fetch(far)
    assert f"{far}robots.txt" in host.asked
    assert warehouse.query("select url, error from raw_images.attempts") == [(f"{far}a.png", None)]
    with raw_host() as near:
        near.answers = {"/": page("b.png"), "/b.png": answer(png(2))}
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        fetch(f"{near.url}/")
        assert "/b.png" in near.asked
        monkeypatch.setenv("NO_PROXY", "")
        with pytest.raises(IngestError, match="404"):
            fetch(f"{near.url}/")  # the proxy knows none


def test_redirects_to_hosts_that_are_named(
    host: RawHost, fetch: Fetch, warehouse: Warehouse, tmp_path: Path
) -> None:
    with raw_host() as other:
        port = other.server.server_address[1]
        other.answers = {"/x.png": answer(png(1)), "/secret": answer(png(2))}
        other.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /secret")
        host.answers = {
            "/a": redirect("http://images.test/x.png"),
            "/b": redirect("http://images.test/secret"),
            "/c": redirect("http://elsewhere.test/x.png"),
            "/d": redirect("http://private.test/x.png"),
        }
        path = tmp_path / "urls.txt"
        path.write_text("".join(f"{host.url}/{name}\n" for name in "abcd"))
        named = frozenset({"images.test", "private.test"})
        fetch(
            path,
            served_here=("images.test", port),
            access=Access(follow_to=named, headers={"Authorization": "secret"}),
        )
        assert ("/x.png", None) in other.heads  # who asks is for the first host alone
    assert ("/a", "secret") in host.heads
    assert warehouse.query(ERRORS)[:3] == [(None,), ("robots.txt",), ("off-host redirect",)]


def test_a_name_that_leads_to_a_private_address_is_refused_at_the_connection(
    host: RawHost,
    fetch: Fetch,
    warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = socket.getaddrinfo

    def lying(name: object, *args: object, **how: object) -> object:
        return known("127.0.0.1" if name == "public.example" else name, *args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lying)  # a name server that somebody else runs
    port = host.server.server_address[1]
    host.answers = {"/a": redirect(f"http://public.example:{port}/x.png")}
    path = tmp_path / "urls.txt"
    path.write_text(f"{host.url}/a\n")
    fetch(path, access=Access(follow_to=frozenset({"public.example"})))
    assert warehouse.query(ERRORS) == [("private address",)]
    assert "/x.png" not in host.asked


def test_robots_txt_on_another_host_is_read_there(
    host: RawHost, fetch: Fetch, warehouse: Warehouse
) -> None:
    with raw_host() as other:
        other.answers["/r"] = answer(b"User-agent: *\nDisallow: /closed/")
        host.answers = {
            "/robots.txt": redirect("http://images.test/r"),
            "/": page("a.png", "closed/b.png"),
            "/a.png": answer(png(1)),
        }
        run = fetch(f"{host.url}/", served_here=("images.test", other.server.server_address[1]))
    assert "1 URL closed by robots.txt" in run.notes
    assert warehouse.query("select count(*) from raw_images.contents") == [(1,)]


def test_a_seed_that_no_column_holds_is_refused_at_once(warehouse: Warehouse) -> None:
    flags = ("--url", "http://127.0.0.1:1/", "--seed", "99999999999999999999")
    said, status = warehouse.status("ingest", "images", *flags)
    assert status != 0
    assert "--seed" in said
    assert "Traceback" not in said
