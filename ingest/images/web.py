"""GET with the manners and the caution that a stranger's host asks for.

    robots.txt -> the host's turn -> GET -> redirects on this host, or to hosts named for it
        -> body up to a limit -> Fetched

Nothing that a host does ends a run: each fetch ends with a `Fetched` that tells what came of it.
What may pass (a broken answer, 5xx) is tried a few times, later each time. A host that fails as a
whole is slowed down, and closed for the run in the end: then a fetch has no outcome at all.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from ingest.images import robots
from ingest.images.access import Access
from ingest.images.answers import Fetched, Refused, Sink
from ingest.images.client import Client
from ingest.images.hosts import ClosedError, Host, Mark
from ingest.images.limits import Limits
from ingest.images.urls import check, redirected, site

PASSING_STATUS = (408, 425, 429, 500, 502, 503, 504)
PASSING_ERRORS = ("timeout", "no connection", "broken answer")
BUSY_STATUS = (429, 503)


@dataclass(frozen=True)
class _Request:
    fetched: Fetched
    start: Callable[[str], Sink]
    most_bytes: int
    seconds: float
    is_robots: bool = False


class Web:
    """Fetches over one pool of connections; use it as an asynchronous context manager.

    `served_here` names a host that this very process serves, and its port.
    """

    def __init__(
        self,
        limits: Limits,
        concurrency: int,
        served_here: tuple[str, int] | None = None,
        access: Access | None = None,
    ) -> None:
        self.limits = limits
        self.concurrency = concurrency
        self.access = access or Access()
        self.hosts: dict[str, Host] = {}
        self._served_here = served_here
        self._robots = robots.Robots(self.access, self.host, self._read_robots)

    async def __aenter__(self) -> "Web":
        self._client = Client(self.access, self.limits, self.concurrency, self._served_here)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def fetch(
        self, url: str, start: Callable[[str], Sink], most_bytes: int, seconds: float
    ) -> Fetched:
        """GET `url` within `seconds` and hand its body, piece by piece, to a sink.

        `start` makes the sink, anew for each try; it is told the URL that redirects led to.
        Raises `ClosedError` where its host is closed for this run: nothing came of it then.
        """
        request = _Request(Fetched(url), start, most_bytes, seconds)
        began = time.monotonic()
        try:
            self._client.named.add(check(url).hostname or "")
            await self._ask_robots(url)
            await self._try_often(request)
        except Refused as refused:
            request.fetched.error, request.fetched.detail = refused.error, refused.detail or None
        request.fetched.milliseconds = (time.monotonic() - began) * 1000
        return request.fetched

    def host(self, url: str) -> Host:
        """Return what is known of the host of a URL."""
        name = site(url)
        if name not in self.hosts:
            self.hosts[name] = Host(name, self.limits, self.concurrency, self.access.rate)
        return self.hosts[name]

    def is_closed(self, url: str) -> bool:
        """Whether no more is asked of the host of a URL in this run."""
        try:
            return self.host(url).closed is not None
        except Refused:
            return False

    async def allows(self, url: str) -> bool:
        """Whether the host's robots.txt lets us fetch `url`."""
        rules = await self._robots.of(site(url))
        return bool(rules.can_fetch(url, self.access.user_agent))

    def rules(self, url: str) -> Protego:
        """Return robots.txt of the host of `url`, which was fetched from before."""
        return self._robots.known(site(url))

    async def _ask_robots(self, url: str) -> None:
        if not await self.allows(url):
            raise Refused("robots.txt", f"robots.txt closes {url}")

    async def _read_robots(self, fetched: Fetched, start: Callable[[str], Sink]) -> None:
        seconds = self.limits.image_seconds
        await self._try_often(_Request(fetched, start, robots.MOST_BYTES, seconds, True))

    async def _try_often(self, request: _Request) -> None:
        fetched, url = request.fetched, request.fetched.url
        hops = failures = blamed = 0
        while True:
            host = self.host(url)
            fetched.bytes, fetched.status = 0, None
            try:
                async with host.turn() as mark:
                    fetched.tries += 1
                    location = await self._client.get(
                        *(fetched, url, request.start, request.most_bytes, request.seconds),
                        named_by=fetched.url,
                    )
                    host.answered()
            except Refused as refused:
                if await self._blames_host(request, refused, host, mark):
                    blamed += 1
                    if blamed < self.limits.troubles:
                        continue
                failures += 1
                if not self._may_pass(fetched, refused, failures):
                    raise
                backoff = self.limits.backoff * 2 ** (failures - 1)
                await asyncio.sleep(backoff * random.uniform(0.5, 1.5))  # noqa: S311 - spreads
                continue
            if location is None:
                return
            url = redirected(url, location, None if request.is_robots else self.access.follow_to)
            hops += 1
            if hops > self.limits.redirects:
                raise Refused("too many redirects", f"more than {self.limits.redirects}")
            if not request.is_robots:
                await self._ask_robots(url)

    def _may_pass(self, fetched: Fetched, refused: Refused, failures: int) -> bool:
        passing = refused.error in PASSING_ERRORS or fetched.status in PASSING_STATUS
        tries = self.limits.tries * (3 if fetched.status == 429 else 1)
        return passing and failures < tries and refused.wait <= self.limits.longest_wait

    async def _blames_host(
        self, request: _Request, refused: Refused, host: Host, mark: Mark
    ) -> bool:
        """Return whether the URL is to be asked for again since its host failed, not itself.

        Raises `ClosedError` where the host is closed for it, and `refused` itself where only this
        URL fails, again and again.
        """
        status, why = request.fetched.status, refused.detail
        if refused.error == "certificate":
            host.close(f"its certificate is not trusted ({why}); --ca-file names one's own")
        elif status in BUSY_STATUS:
            why = f"HTTP status {status}" if not request.is_robots else f"robots.txt: {status}"
        elif status is not None or refused.error not in PASSING_ERRORS:
            if status is not None:
                host.answered()
            return False
        blamed = not host.closed and host.is_to_blame(
            mark, status in BUSY_STATUS, refused.wait, why
        )
        if blamed and host.troubles >= self.limits.troubles and not host.closed:
            if not request.is_robots and await self._is_there(host):
                raise refused
            host.close(why)
        if host.closed:
            raise ClosedError(host.name) from refused
        return blamed

    async def _is_there(self, host: Host) -> bool:
        """Ask a host that only failed lately for its robots.txt; any answer will do, twice."""
        url = f"{host.name}/robots.txt"
        fetched = Fetched(url)
        try:
            await self._client.get(
                fetched, url, robots.into(bytearray()), robots.MOST_BYTES, 60.0, url
            )
        except Refused:
            if fetched.status is None or fetched.status in BUSY_STATUS:
                return False
        host.troubles = 0
        host.doubts += 1
        return host.doubts < 3
