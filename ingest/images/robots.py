"""What robots.txt of each host says, asked for once a run."""

import asyncio
from collections.abc import Awaitable, Callable

from protego import Protego

from ingest.images.access import Access
from ingest.images.answers import Fetched, Refused, Sink
from ingest.images.hosts import ClosedError, Host

MOST_BYTES = 500 << 10  # what RFC 9309 asks a crawler to read at least
# Without robots.txt a host allows everything; so does one that leads to where nobody may follow.
NONE = ("off-host redirect", "private address", "too many redirects")

Read = Callable[[Fetched, Callable[[str], Sink]], Awaitable[None]]
"""GETs `fetched.url`, its redirects followed; raises `Refused` or `ClosedError`."""


class Robots:
    """The rules of hosts, each known by scheme, name and port."""

    def __init__(self, access: Access, host: Callable[[str], Host], read: Read) -> None:
        self._access, self._host, self._get = access, host, read
        self._rules: dict[str, asyncio.Future[Protego]] = {}

    async def of(self, site: str) -> Protego:
        """Return the rules of a host; raises `ClosedError` where they cannot be read.

        A host that is ill is left alone.
        """
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._read(site))
        return await asyncio.shield(self._rules[site])

    def known(self, site: str) -> Protego:
        """Return the rules of a host that was fetched from before."""
        return self._rules[site].result()

    async def _read(self, site: str) -> Protego:
        body = bytearray()
        fetched = Fetched(f"{site}/robots.txt")
        try:
            await self._get(fetched, into(body))
        except Refused as refused:
            missing = refused.error == "http status" and 400 <= (fetched.status or 0) < 500
            if missing or refused.error in NONE:
                body.clear()
            elif refused.error == "invalid url":
                raise
            elif refused.error != "too large":  # of a large one the beginning counts
                what = fetched.status if refused.error == "http status" else refused.detail
                self._host(site).close(f"{fetched.url}: {what}")
                raise ClosedError(site) from refused
        rules = Protego.parse(body.decode("utf-8", "replace"))
        if self._access.crawl_delay and (delay := rules.crawl_delay(self._access.user_agent)):
            host = self._host(site)
            host.rate = min(1 / delay, host.rate or 1 / delay)
        return rules


def into(body: bytearray) -> Callable[[str], Sink]:
    """Return what makes a sink that fills `body`, anew for each try."""

    def start(_url: str) -> Sink:
        body.clear()
        return body.extend

    return start
