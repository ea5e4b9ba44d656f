"""GET with the manners and the caution that a stranger's host asks for.

    robots.txt -> wait where the host asked for it -> GET -> redirects on this host only
        -> body up to a limit -> Fetched

Nothing that a host does ends a run: each fetch ends with a `Fetched` that tells what came of it.
What may pass (a timeout, 429, 503) is tried a few times, later each time; Retry-After is heeded.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from protego import Protego
from yarl import URL

from ingest.images.answers import (
    Fetched,
    Refused,
    Sink,
    check,
    read_body,
    redirected,
    seconds_to_wait,
)
from ingest.images.limits import USER_AGENT, Limits
from ingest.images.resolver import Resolver

REDIRECTS = (301, 302, 303, 307, 308)
PASSING_STATUS = (408, 425, 429, 500, 502, 503, 504)
PASSING_ERRORS = ("timeout", "no connection", "broken answer")
ROBOTS_BYTES = 500 << 10  # what RFC 9309 asks a crawler to read at least


@dataclass(frozen=True)
class _Request:
    fetched: Fetched
    start: Callable[[str], Sink]
    most_bytes: int
    seconds: float
    heeds_robots: bool = True


class Web:
    """Fetches over one pool of connections; use it as an asynchronous context manager.

    `served_here` names a host that this very process serves, and its port.
    """

    def __init__(
        self, limits: Limits, concurrency: int, served_here: tuple[str, int] | None = None
    ) -> None:
        self.limits = limits
        self.concurrency = concurrency
        self._served_here = served_here
        self._robots: dict[str, asyncio.Future[Protego]] = {}
        self._not_before: dict[str, float] = {}

    async def __aenter__(self) -> "Web":
        connector = aiohttp.TCPConnector(
            limit=self.concurrency, resolver=Resolver(self._served_here), ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # no body grows on arrival
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def fetch(
        self, url: str, start: Callable[[str], Sink], most_bytes: int, seconds: float
    ) -> Fetched:
        """GET `url` within `seconds` and hand its body, piece by piece, to a sink.

        `start` makes the sink, anew for each try; it is told the URL that redirects led to.
        """
        request = _Request(Fetched(url), start, most_bytes, seconds)
        began = time.monotonic()
        try:
            check(url)
            await self._ask_robots(url)
            await self._try_often(request)
        except Refused as refused:
            request.fetched.error, request.fetched.detail = refused.error, refused.detail or None
        request.fetched.milliseconds = (time.monotonic() - began) * 1000
        return request.fetched

    async def allows(self, url: str) -> bool:
        """Whether the host's robots.txt lets us fetch `url`.

        Raises `Refused` where it cannot be read: a host that is ill is left alone.
        """
        parts = check(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            self._robots[site] = asyncio.ensure_future(self._read_robots(site))
        rules = await self._robots[site]
        return bool(rules.can_fetch(url, USER_AGENT))

    def rules(self, url: str) -> Protego:
        """Return robots.txt of the host of `url`, which was fetched from before."""
        parts = check(url)
        return self._robots[f"{parts.scheme}://{parts.netloc}"].result()

    async def _ask_robots(self, url: str) -> None:
        if not await self.allows(url):
            raise Refused("robots.txt", f"robots.txt closes {url}")

    async def _read_robots(self, site: str) -> Protego:
        body = bytearray()
        fetched = Fetched(f"{site}/robots.txt")
        start = _into(body)
        try:
            await self._try_often(
                _Request(fetched, start, ROBOTS_BYTES, self.limits.image_seconds, False)
            )
        except Refused as refused:
            if refused.error == "http status" and 400 <= (fetched.status or 0) < 500:
                body.clear()  # RFC 9309: a host without robots.txt allows everything
            elif refused.error != "too large":  # of a large one the beginning counts
                what = fetched.status if refused.error == "http status" else refused.detail
                raise Refused(refused.error, f"{fetched.url}: {what}") from refused
        return Protego.parse(body.decode("utf-8", "replace"))

    async def _try_often(self, request: _Request) -> None:
        fetched, limits = request.fetched, self.limits
        host = check(fetched.url).netloc
        while True:
            if (pause := self._not_before.get(host, 0.0) - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            fetched.tries += 1
            fetched.bytes, fetched.status = 0, None
            try:
                return await self._try(request)
            except Refused as refused:
                may_pass = refused.error in PASSING_ERRORS or fetched.status in PASSING_STATUS
                wait = refused.wait
                if not may_pass or fetched.tries >= limits.tries or wait > limits.longest_wait:
                    raise
            if wait:
                self._not_before[host] = time.monotonic() + wait
            backoff = limits.backoff * 2 ** (fetched.tries - 1)
            await asyncio.sleep(backoff * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries

    async def _try(self, request: _Request) -> None:
        """GET once; what aiohttp raises becomes the outcome that it is."""
        try:
            await self._get(request)
        except asyncio.TimeoutError as error:
            raise Refused("timeout", "the host was silent, or slow, for too long") from error
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as error:
            raise Refused("broken answer", _line(error)) from error
        except (aiohttp.ServerDisconnectedError, ConnectionResetError) as error:
            raise Refused("broken answer", "the host closed the connection") from error
        except ValueError as error:  # yarl's and aiohttp's invalid URLs are among them
            raise Refused("invalid url", _line(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Refused("no connection", _line(error)) from error

    async def _get(self, request: _Request) -> None:
        fetched, url = request.fetched, request.fetched.url
        timeout = aiohttp.ClientTimeout(
            total=request.seconds,
            sock_connect=self.limits.connect,
            sock_read=self.limits.silence,
        )
        for _ in range(self.limits.redirects + 1):
            async with self._session.get(
                URL(url), allow_redirects=False, timeout=timeout
            ) as answer:
                fetched.status = answer.status
                if answer.status == 200:
                    return await read_body(answer, fetched, request.start(url), request.most_bytes)
                if answer.status not in REDIRECTS or "Location" not in answer.headers:
                    wait = seconds_to_wait(answer.headers.get("Retry-After", ""))
                    raise Refused("http status", answer.reason or "", wait)
                url = redirected(url, answer.headers["Location"])
            if request.heeds_robots:
                await self._ask_robots(url)
        raise Refused("too many redirects", f"more than {self.limits.redirects}")


def _into(body: bytearray) -> Callable[[str], Sink]:
    def start(_url: str) -> Sink:
        body.clear()
        return body.extend

    return start


def _line(error: BaseException) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:500]
