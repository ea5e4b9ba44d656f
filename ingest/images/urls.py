"""What a URL is taken for: how it is sent, whose it is, and where it may lead on to."""

import base64
import ipaddress
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from yarl import URL

from ingest.images.answers import Refused

PORTS = {"http": 80, "https": 443}
# What may stand in a path or a query: the rest of ASCII is escaped, and so is all that is not.
LEGAL = "%!#$&'()*+,/:;=?@[]~"
HEX = frozenset("0123456789abcdefABCDEF")


@lru_cache(maxsize=1024)  # a fetch asks several times
def check(url: str) -> SplitResult:
    """Take a URL apart; raises `Refused` where it is none that can be fetched."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed here, and not before
    except ValueError as error:
        raise Refused("invalid url", "its host or port is none") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise Refused("invalid url", "not an http or https URL with a host")
    return parts


def site(url: str) -> str:
    """Return scheme, host and port of a URL, which make a host: `http://h`, `https://h:8443`."""
    parts = check(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if _port(parts) == PORTS[parts.scheme] else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def as_sent(url: str) -> URL:
    """Return a URL as it is asked for: every escape as it is, only what is illegal is escaped."""
    parts = check(url)
    try:
        to = URL(site(url))  # which writes foreign letters of a host's name as DNS has them
    except ValueError as error:
        raise Refused("invalid url", "its host is none") from error
    path = _escaped(parts.path or "/")
    query = f"?{_escaped(parts.query)}" if parts.query else ""
    return URL(f"{to.scheme}://{to.raw_authority}{path}{query}", encoded=True)


def login_of(url: str) -> str | None:
    """Return the header that proves the user whom a URL names, as `Basic ...`."""
    user, at, _ = check(url).netloc.rpartition("@")
    name, _, password = user.partition(":")
    return basic(unquote(name), unquote(password)) if at else None


def basic(user: str, password: str) -> str:
    """Return the value of the header `Authorization` for a user and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def redirected(url: str, location: str, follow_to: frozenset[str] | None = frozenset()) -> str:
    """Return where a redirect leads; raises `Refused` where that is a host not to go to.

    The same host will do, on the same scheme and port or its standard https port, and so will
    the hosts named in `follow_to`; None stands for all hosts that are public.
    """
    try:
        target = urljoin(url, location)
        old, new = check(url), check(target)
    except (Refused, ValueError) as error:
        raise Refused("off-host redirect", f"to {location[:500]}") from error
    same_host = new.hostname == old.hostname
    to_https = (old.scheme, new.scheme) == ("http", "https") and _port(new) == 443
    if same_host and (to_https or (new.scheme == old.scheme and _port(new) == _port(old))):
        login, at, _ = old.netloc.rpartition("@")
        if "@" not in new.netloc:  # who asks stays the same
            return target.replace("://", f"://{login}{at}", 1)
        if new.netloc == old.netloc:
            return target
    if not same_host and is_private(new.hostname or ""):
        raise Refused("private address", f"to {target[:500]}")
    named = not same_host and (follow_to is None or new.hostname in follow_to)
    if not named or "@" in new.netloc:
        raise Refused("off-host redirect", f"to {target[:500]}")
    return target


def is_private(host: str) -> bool:
    """Whether a host, by its address or name alone, is none of the public net."""
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _escaped(text: str) -> str:
    """Escape what is illegal; a percent sign that begins no escape is."""
    if "%" in text:
        head, *rest = text.split("%")
        text = head + "".join(
            f"%{part}" if len(part) > 1 and HEX.issuperset(part[:2]) else f"%25{part}"
            for part in rest
        )
    return quote(text, safe=LEGAL, errors="surrogateescape")
