"""Walks the directory pages of a host: Apache's, nginx's, `python -m http.server`'s.

the listing -> links under it -> a file: to the candidates, at once
                              -> a directory: to the pages still to read
"""

import asyncio
import hashlib
import html
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from urllib.parse import urljoin, urlsplit

from ingest.images.answers import Fetched, Refused, Sink
from ingest.images.limits import USER_AGENT
from ingest.images.web import Web

LINK = re.compile(rb"<a\s([^>]*)>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
HREF = re.compile(rb"""(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
TITLE = re.compile(rb"""(?:^|\s)title\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
TAG = re.compile(rb"<[^>]*>")
PLAIN_NAME = re.compile(r"(?!\.{1,2}/?$)[A-Za-z0-9_.~-]+/?")
DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
LONGEST_LINK = 64 << 10  # bytes; what is longer is no link of a directory page
LONGEST_TITLE = 1_000  # characters

Listed = Callable[[str, str | None], object]
"""Takes the URL of a file and the title that its link gives."""


class Page:
    """Finds the links of one page as its bytes come in; holds none of them."""

    def __init__(self, url: str, base: str, listed: Listed) -> None:
        self.folder = urljoin(url, ".")
        self.base, self.listed = base, listed
        self.folders: list[str] = []
        self.links = 0
        self._rest = b""

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the page."""
        text = self._rest + piece
        end = 0
        for link in LINK.finditer(text):
            end = link.end()
            self._link(link[1], link[2])
        self._rest = text[end:][-LONGEST_LINK:]

    def _link(self, attributes: bytes, label: bytes) -> None:
        found = HREF.search(attributes)
        url = self._below(_value(found)) if found else None
        if url is None:
            return
        self.links += 1
        if url.endswith("/"):
            self.folders.append(url)
            return
        title = TITLE.search(attributes)
        text = _value(title) if title else html.unescape(_text(TAG.sub(b"", label)))
        self.listed(url, text.strip()[:LONGEST_TITLE] or None)

    def _below(self, href: str) -> str | None:
        """Return the link's URL; None for other hosts, parents, fragments and sort orders."""
        if PLAIN_NAME.fullmatch(href):
            return self.folder + href
        try:
            url = urljoin(self.folder, href.strip())
            parts = urlsplit(url)
        except ValueError:
            return None
        if not url.startswith(self.base) or url == self.folder or DOTS.search(parts.path):
            return None
        return None if parts.query or parts.fragment or url[-1] in "?#" else url


class Crawler:
    """Reads every page under one listing, several at a time.

    `base` is the folder that the listing's URL led to: links out of it are not followed.
    """

    def __init__(self, web: Web, listing: str, listed: Listed) -> None:
        self.web, self.listing, self.base = web, listing, ""
        self.disallowed = 0
        self._listed = listed
        self._seen: set[bytes] = set()
        self._waiting: deque[tuple[str, int]] = deque()
        self._unread: list[Fetched] = []

    async def pages(self) -> AsyncIterator[tuple[Fetched, int]]:
        """Yield what came of each page, and its number of links below the listing."""
        yield await self._read(self.listing, 0)
        reading: set[asyncio.Task[tuple[Fetched, int]]] = set()
        try:
            while reading or self._waiting:
                while self._waiting and len(reading) < self.web.concurrency:
                    reading.add(asyncio.ensure_future(self._read(*self._waiting.popleft())))
                done, reading = await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
                for page in done:
                    yield page.result()
        finally:
            for page in reading:
                page.cancel()
        for unread in self._unread:
            yield unread, 0

    async def _read(self, url: str, depth: int) -> tuple[Fetched, int]:
        pages: list[Page] = []

        def start(final: str) -> Sink:
            self.base = self.base or urljoin(final, ".")
            if not final.startswith(self.base):
                raise Refused("off-base redirect", f"to {final[:500]}")
            self._rules = self.web.rules(self.base)
            pages.append(Page(final, self.base, self._file))
            return pages[-1].feed

        limits = self.web.limits
        fetched = await self.web.fetch(url, start, limits.page_bytes, limits.page_seconds)
        for folder in pages[-1].folders if pages else ():
            self._follow(folder, depth + 1)
        return fetched, pages[-1].links if pages else 0

    def _follow(self, url: str, depth: int) -> None:
        """Put a page in the queue unless it was there; a walk without end ends at the limits."""
        key = hashlib.blake2b(url.encode(), digest_size=8).digest()
        if url == self.base or key in self._seen or len(self._seen) > self.web.limits.pages:
            return
        self._seen.add(key)
        if len(self._seen) > self.web.limits.pages:
            text = f"{self.web.limits.pages:,} pages are read at most; others are left out too"
            self._unread.append(Fetched(url, error="too many pages", detail=text))
        elif depth > self.web.limits.depth:
            text = f"more than {self.web.limits.depth} levels below the listing"
            self._unread.append(Fetched(url, error="too deep", detail=text))
        else:
            self._waiting.append((url, depth))

    def _file(self, url: str, title: str | None) -> None:
        if not self._rules.can_fetch(url, USER_AGENT):
            self.disallowed += 1
        else:
            self._listed(url, title)


def _value(found: re.Match[bytes]) -> str:
    return html.unescape(_text(next(group for group in found.groups() if group is not None)))


def _text(raw: bytes) -> str:
    """Decode as UTF-8, or as the Latin-1 of older servers; NUL, which no text may hold, shows."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\0", "\ufffd")
