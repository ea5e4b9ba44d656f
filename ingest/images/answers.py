"""What an answer may be: small rules on URLs, redirects, waiting times and bodies."""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

import aiohttp

Sink = Callable[[bytes], object]
PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """Why a fetch ends without its body: a short error code, and words for a person."""

    def __init__(self, error: str, detail: str = "", wait: float = 0.0) -> None:
        super().__init__(error, detail)
        self.error, self.detail, self.wait = error, detail, wait


@dataclass
class Fetched:
    """What came of one URL, over all its tries; `error` is None where the whole body came."""

    url: str
    at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    milliseconds: float = 0.0
    tries: int = 0
    status: int | None = None
    error: str | None = None
    detail: str | None = None
    bytes: int = 0


@lru_cache(maxsize=1024)  # a fetch asks several times
def check(url: str) -> SplitResult:
    """Take a URL apart; raises `Refused` where it is none that can be fetched."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed here, and not before
    except ValueError as error:
        raise Refused("invalid url", str(error)) from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise Refused("invalid url", "not an http or https URL with a host")
    if parts.username or parts.password:
        raise Refused("invalid url", "names a user; logins are not used")
    return parts


def redirected(url: str, location: str) -> str:
    """Return where a redirect leads; raises `Refused` where that is another host.

    Only the same scheme, host and port will do, or the same host's standard https port.
    """
    try:
        target = urljoin(url, location)
        old, new = check(url), check(target)
    except (Refused, ValueError) as error:
        raise Refused("off-host redirect", f"to {location[:500]}") from error
    same_host = new.hostname == old.hostname
    to_https = (old.scheme, new.scheme) == ("http", "https") and _port(new) == 443
    if same_host and (to_https or (new.scheme == old.scheme and _port(new) == _port(old))):
        return target
    private = not same_host and _is_private(new.hostname or "")
    raise Refused("private address" if private else "off-host redirect", f"to {target[:500]}")


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def seconds_to_wait(retry_after: str) -> float:
    """Seconds that a Retry-After header asks for, a number or a date; 0 where it says nothing."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0


async def read_body(
    answer: aiohttp.ClientResponse, fetched: Fetched, sink: Sink, most_bytes: int
) -> None:
    """Hand the body to the sink; raises `Refused` once it is longer than `most_bytes`."""
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise Refused("encoded answer", f"sent as {encoding[:50]}, which was not asked for")
    announced = answer.content_length or 0
    if announced > most_bytes:
        raise Refused("too large", f"{announced:,} bytes announced, at most {most_bytes:,} read")
    async for piece in answer.content.iter_any():
        fetched.bytes += len(piece)
        if fetched.bytes > most_bytes:
            raise Refused("too large", f"more than {most_bytes:,} bytes")
        sink(piece)
