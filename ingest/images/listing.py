"""Walks the pages of a listing: of Apache, nginx, lighttpd, Caddy, object stores and their like.

the listing -> links under it -> a file: to the candidates, at once
                              -> a directory, or a page that goes on: to the pages still to read
                              -> a name without an ending: asked which of both it is
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from urllib.parse import urljoin

from ingest.images.answers import Fetched, Refused, Sink
from ingest.images.hosts import ClosedError
from ingest.images.page import Listed, Page
from ingest.images.web import Web

Read = tuple[Fetched, int]
"""What came of a page, and its number of links below the listing."""


class Crawler:
    """Reads every page under one listing, several at a time.

    `base` is the folder that the listing's URL led to: links out of it are not followed. The
    `address` of a list of objects is what was asked for. `unasked` pages are those of a host that
    was closed meanwhile.
    """

    def __init__(self, web: Web, listing: str, listed: Listed) -> None:
        self.web, self.listing, self.base = web, listing, ""
        self.address = ""
        self.disallowed = self.unasked = 0
        self._listed = listed
        self._seen: set[bytes] = set()
        self._waiting: deque[Callable[[], Awaitable[Read | None]]] = deque()
        self._unread: list[Fetched] = []

    async def pages(self) -> AsyncIterator[Read]:
        """Yield what came of each page; raises `ClosedError` where the first is not to be had."""
        if (first := await self._read(self.listing, 0)) is None:
            raise ClosedError(self.listing)
        yield first
        reading: set[asyncio.Task[Read | None]] = set()
        try:
            while reading or self._waiting:
                while self._waiting and len(reading) < self.web.concurrency:
                    reading.add(asyncio.ensure_future(self._waiting.popleft()()))
                done, reading = await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
                for page in done:
                    if (read := page.result()) is not None:
                        yield read
        finally:
            for page in reading:
                page.cancel()
        for unread in self._unread:
            yield unread, 0

    async def _read(self, url: str, depth: int, is_known: bool = True) -> Read | None:
        """Read a page; return None where its host is closed, or where it is a file."""
        pages: list[Page] = []

        def start(final: str) -> Sink:
            if not is_known and final != f"{url}/":
                raise Refused("a file")
            self.base = self.base or urljoin(final, ".")
            if not final.startswith(self.base):
                raise Refused("off-base redirect", f"to {final[:500]}")
            self._rules = self.web.rules(self.base)
            pages.append(Page(final, self.base, self._file))
            return pages[-1].feed

        limits = self.web.limits
        try:
            fetched = await self.web.fetch(url, start, limits.page_bytes, limits.page_seconds)
        except ClosedError:
            self.unasked += is_known
            return None
        if not pages and not is_known:
            return None
        page = pages[-1] if pages else None
        if page is not None:
            if fetched.error is None:
                _end(page, fetched)
            if depth == 0 and not page.size and fetched.error is None:
                fetched.error, fetched.detail = "no listing", "it is empty"
            if depth == 0 and page.is_bucket:
                self.address = self.listing
            self._follow_links(page, depth)
        return fetched, page.links if page else 0

    def _follow_links(self, page: Page, depth: int) -> None:
        for folder in page.folders:
            self._follow(folder, depth + 1)
        for more in page.more:
            self._follow(more, depth)
        for url, title in page.unclear:
            if depth < self.web.limits.depth:
                self._waiting.append(partial(self._ask, url, title, depth + 1))
            else:
                self._file(url, title)

    async def _ask(self, url: str, title: str | None, depth: int) -> Read | None:
        """Read a name without an ending if its server redirects it to `name/`: a folder."""
        if self._is_seen(f"{url}/"):
            return None
        read = await self._read(url, depth, is_known=False)
        if read is None:
            self._file(url, title)
        else:
            self._seen.add(_key(f"{url}/"))
        return read

    def _is_seen(self, url: str) -> bool:
        return url == self.base or _key(url) in self._seen

    def _follow(self, url: str, depth: int) -> None:
        """Put a page in the queue unless it was there; a walk without end ends at the limits."""
        if self._is_seen(url) or len(self._seen) > self.web.limits.pages:
            return
        self._seen.add(_key(url))
        if len(self._seen) > self.web.limits.pages:
            text = f"{self.web.limits.pages:,} pages are read at most; others are left out too"
            self._unread.append(Fetched(url, error="too many pages", detail=text))
        elif depth > self.web.limits.depth:
            text = f"more than {self.web.limits.depth} levels below the listing"
            self._unread.append(Fetched(url, error="too deep", detail=text))
        else:
            self._waiting.append(partial(self._read, url, depth))

    def _file(self, url: str, title: str | None) -> None:
        if not self._rules.can_fetch(url, self.web.access.user_agent):
            self.disallowed += 1
        else:
            self._listed(url, title)


def _key(url: str) -> bytes:
    return hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=8).digest()


def _end(page: Page, fetched: Fetched) -> None:
    try:
        page.end_of_page()
    except Refused as refused:
        fetched.error, fetched.detail = refused.error, refused.detail or None
