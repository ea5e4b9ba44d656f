"""One run of images: the listing, the draw, and what is fetched, piece by piece.

every URL -> the draw -> a piece: outcomes, contents, its counts -> landed -> the next piece
"""

from collections.abc import AsyncGenerator
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from ingest.common.addresses import known_as
from ingest.common.errors import IngestError
from ingest.common.paths import absolute
from ingest.images import landed, news, rows
from ingest.images.answers import Fetched
from ingest.images.candidates import Candidates
from ingest.images.download import Attempt, Downloader
from ingest.images.hosts import ClosedError
from ingest.images.listing import Crawler, Read
from ingest.images.telling import Tally, tell
from ingest.images.url_list import read_url_list
from ingest.images.web import Web
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin

if TYPE_CHECKING:
    from ingest.images.source import ImagesSource

Tables: TypeAlias = list[tuple[str, pa.Table]]


class Fetching:
    """Fetches `wanted` images that are not landed yet; `is_over` once there are no more pieces."""

    def __init__(self, source: "ImagesSource", run: Run, wanted: int) -> None:
        self.source, self.run, self.wanted = source, run, wanted
        self.candidates = Candidates(run)
        self.pages: list[Read] = []
        self.tally = Tally(wanted, source.seed)
        self.is_over = False
        self._landed = 0  # attempts of this piece
        self._known: set[str] = set()

    async def steps(self) -> AsyncGenerator[Tables | None, None]:
        """Yield the tables of each chunk, and None at the end of a piece."""
        source, tally = self.source, self.tally
        web = Web(source.limits, source.concurrency, source.served_here, source.access)
        async with web:
            self.listing = self._use(await self._list(web))
            tally.listed = self.candidates.draw(source.seed)
            self.run.progress.expect(self.wanted)
            drawn = iter(self.candidates)
            images, seconds = source.pieces
            with Downloader(web) as downloader:
                # What turns out to be known already is made up for in another round.
                while tally.images < self.wanted and not self.candidates.exhausted:
                    piece = min(images, self.wanted - tally.images)
                    async for chunk in downloader.chunks(drawn, piece, seconds):
                        yield self._tables(chunk)
                    if tables := self._counts():
                        yield tables
                    if tally.images < self.wanted and not self.candidates.exhausted:
                        yield None
            if tables := self._counts():
                yield tables
            tell(self.run, tally, web, downloader.passed_over)
        self.is_over = True

    def _use(self, address: str) -> Origin:
        origins = self.run.origins
        return origins.use("attempts", address, origins.last("attempts", address))

    async def _list(self, web: Web) -> str:
        """Take in every URL; return the address of the listing."""
        if isinstance(self.source.listing, Path):
            for url, title in read_url_list(self.source.listing):
                self.candidates.add(url, title)
            return absolute(self.source.listing)
        crawler = Crawler(web, self.source.listing, self.candidates.add)
        try:
            async for page, links in crawler.pages():
                self._page(page, links, crawler)
        except ClosedError as error:
            asked = known_as(self.source.listing)
            raise IngestError(f"{asked}: {web.host(self.source.listing).closed}") from error
        self.tally.disallowed, self.tally.unasked = crawler.disallowed, crawler.unasked
        return known_as(crawler.address or crawler.base)

    def _page(self, page: Fetched, links: int, crawler: Crawler) -> None:
        if not self.pages:
            if page.error:
                what = f"{page.error} {page.status}" if page.error == "http status" else page.error
                told = f": {page.detail}" if page.detail else ""
                raise IngestError(f"{known_as(page.url)}: {what}{told}")
            page.url = crawler.address or crawler.base  # however it was asked for, it is one page
        self.pages.append((page, links))
        self.tally.unread += page.error is not None

    def _tables(self, chunk: list[Attempt]) -> Tables:
        to_land, images = self._sorted(chunk)
        told = news.attempts(self.run, self.listing, chunk)
        tally = self.tally
        self._landed += len(told)
        tally.taken += len(chunk)
        tally.images += images
        failed = sum(attempt.picture is None for attempt in chunk)
        tally.failed += failed
        tally.failed_as_before += failed - sum(attempt.picture is None for attempt in told)
        self.run.units_read += len(chunk)
        self.run.progress.remark = f"{tally.failed:,} failed"
        self.run.progress.advance(images)
        return [rows.attempts(self.run.run_id, self.listing, told), rows.contents(to_land)]

    def _sorted(self, chunk: list[Attempt]) -> tuple[list[Attempt], int]:
        """Return the attempts whose bytes are to be landed, and how many are images not known.

        Bytes that a listing brought which counts no more are not landed again, and count anew.
        """
        pictures = {a.sha256: a for a in reversed(chunk) if a.picture is not None and a.sha256}
        gone, held, known = landed.known(self.run, list(pictures))
        self.tally.gone += sum(a.picture is not None and a.sha256 in gone for a in chunk)
        new = pictures.keys() - gone - known - self._known
        to_land = [attempt for sha256, attempt in pictures.items() if sha256 in new - held]
        self._known |= new
        return to_land, len(new)

    def _counts(self) -> Tables:
        """Return the counts of this piece, and the pages that were read before it."""
        pages = news.pages(self.run, self.listing, self.pages)
        self.pages = []
        if not self._landed and not pages:
            return []
        run_id, source, tally = self.run.run_id, self.source, self.tally
        counts = [tally.listed, tally.disallowed, len(pages), self._landed]
        draw = [
            *(run_id, self.listing.address, source.seed, self.wanted, *counts),
            *(datetime.now(timezone.utc), self.listing.origin_id),
        ]
        tables = [rows.table("draws", [draw])]
        if pages:
            tables.append(rows.pages(run_id, self.listing, pages))
        before = landed.urls_taken(self.run, self.listing)
        self.run.origins.landed(self.listing, before + self._landed)
        self._landed = 0
        return tables
