"""A broker's address: any fault is told in one line, and a password in none."""

import os
import re
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.classification.address import connect, parse
from ingest.common.errors import IngestError
from tests.classification.node import certificate

FAULTY = {
    "http://u:secret@h/": "an address begins with amqp:// or amqps:// or filesystem://",
    "u:secret@h": "an address begins with",
    "": "an address begins with",
    "filesystem://x/y": "three slashes: 'filesystem://x/y'",
    "amqp://u:secret@h:notaport/": "host or port cannot be read",
    "amqp://u:secret@h:70000/": "host or port cannot be read",
    "amqp://u:sec/ret@h/": "host or port cannot be read",
    "amqp://u:secret@[::1/": "host or port cannot be read",
    "amqps://u:secret@h/?ssl_ca_certs=": "nothing may follow ? or #",
    "AMQP://u:secret@h/#x": "nothing may follow ? or #",
    "amqp://": "no host is named",
    "amqp://u:secret@:5672/": "no host is named",
}


@pytest.mark.parametrize("url", FAULTY)
def test_a_faulty_address_is_told_without_its_password(url: str) -> None:
    with pytest.raises(IngestError, match=re.escape(FAULTY[url])) as raised:
        parse(url)
    assert "secret" not in str(raised.value)
    assert "sec" not in str(raised.value).replace("three slashes", "")
    assert "\n" not in str(raised.value)


def test_the_case_of_the_scheme_changes_nothing() -> None:
    address = parse("AMQP://u:secret@h:1//")
    assert address.shown == "amqp://u:**@h:1//"
    assert "secret" not in repr(address)


def test_a_host_name_that_the_certificate_does_not_hold_is_refused(tmp_path: Path) -> None:
    made, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    server = socket.create_server(("127.0.0.1", 0))
    greeted: list[bytes] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                with suppress(OSError), context.wrap_socket(client, server_side=True) as secure:
                    greeted.append(secure.recv(8))

    threading.Thread(target=serve, daemon=True).start()
    port = server.getsockname()[1]

    def said(host: str, ca: Path | None) -> str:
        with pytest.raises(OSError) as raised:  # noqa: PT011 - this server speaks no AMQP
            connect(parse(f"amqps://{host}:{port}/", ca)).connect()
        return str(raised.value)

    assert "certificate" in said("localhost", None), "an authority that nobody trusts"
    assert "IP address mismatch" in said("127.0.0.1", made)
    assert greeted == []
    said("localhost", made)
    assert set(greeted) == {b"AMQP\0\0\x09\x01"}
    server.close()


def test_files_for_tls_are_looked_for_at_once(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"the CA .* is no file"):
        parse("amqps://h/", tmp_path / "missing.pem")
    with pytest.raises(IngestError, match="of use only with amqps"):
        parse("amqp://h/", Path(os.devnull))
