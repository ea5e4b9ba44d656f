"""The broker's address: parsed here alone, shown only without its password.

amqp://USER:PASSWORD@HOST:PORT/VHOST    RabbitMQ
amqps://...                             the same over TLS; the host name is checked
filesystem:///FOLDER                    a folder whose files are the messages
"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kombu import Connection

from ingest.classification import batching, embedded
from ingest.common.errors import IngestError

SCHEMES = ("amqp", "amqps", "filesystem")
PEER_SECONDS = 10  # that a broker may take for one answer, or to take a piece of what is written
HEARTBEAT = 30  # seconds


@dataclass(frozen=True)
class Address:
    """A broker's address whose every part is known to be usable."""

    url: str = field(repr=False)
    shown: str
    is_folder: bool
    tls: dict[str, Any] | None = field(repr=False)


def parse(
    url: str, ca: Path | None = None, certificate: Path | None = None, key: Path | None = None
) -> Address:
    """Return the parts of an address; raises `IngestError` that names the faulty one.

    `ca` holds the authorities trusted for `amqps`, the system's where it is None; `certificate`
    and `key` are the client's own.
    """
    scheme, colon, rest = url.partition("://")
    scheme = scheme.lower()
    if not colon or scheme not in SCHEMES:
        begins = " or ".join(f"{one}://" for one in SCHEMES)
        shown = "" if "@" in url else f": {url!r}"  # before an @ there is a password, perhaps
        raise IngestError(f"--broker: an address begins with {begins}{shown}")
    url = f"{scheme}://{rest}"
    if scheme == "filesystem":
        if not rest.startswith("/"):
            raise IngestError(f"--broker: a folder is filesystem:///FOLDER, three slashes: {url!r}")
        return Address(url, url, True, None)
    host = _host(url)
    shown = str(Connection(url).as_uri())
    given = {"CA": ca, "client certificate": certificate, "client key": key}
    for what, file in given.items():
        if file and scheme == "amqp":
            raise IngestError(f"--broker: a {what} is of use only with amqps://")
        if file and not file.is_file():
            raise IngestError(f"--broker: the {what} {file} is no file")
    if key and not certificate:
        raise IngestError("--broker: a client key is of use only beside a client certificate")
    tls: dict[str, Any] = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": host}
    tls |= {"ca_certs": ca, "certfile": certificate, "keyfile": key}
    return Address(url, shown, False, tls if scheme == "amqps" else None)


def _host(url: str) -> str:
    """Return the host of an address; its parts are not shown, a slip may hold the password."""
    help_ = "an address is amqp://USER:PASSWORD@HOST:PORT/VHOST, with %2F for / in a password"
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is none
    except ValueError:
        raise IngestError(f"--broker: host or port cannot be read: {help_}") from None
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise IngestError(f"--broker: nothing may follow ? or #: {help_}")
    if not parts.hostname:
        raise IngestError(f"--broker: no host is named: {help_}")
    return parts.hostname


def connect(address: Address) -> Connection:
    """Return a connection, not yet open, to a broker of any kind."""
    if address.is_folder:
        return embedded.connection(address.url)
    limits: dict[str, Any] = {"connect_timeout": PEER_SECONDS, "heartbeat": HEARTBEAT}
    if address.tls:
        return Connection(address.url, ssl=address.tls, **limits)
    return Connection(address.url, transport=batching.Transport, **limits)
