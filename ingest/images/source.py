"""Lands a random choice of a host's images, and what came of every URL that was taken."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.common.paths import absolute
from ingest.common.words import counted
from ingest.images import landed, news, rows
from ingest.images.answers import Fetched
from ingest.images.candidates import Candidates
from ingest.images.download import Attempt, Downloader
from ingest.images.limits import Limits
from ingest.images.listing import Crawler
from ingest.images.tables import RAW_SCHEMA
from ingest.images.take_down import remove_bytes
from ingest.images.url_list import read_url_list
from ingest.images.web import Web
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_schemas import RawSchema

Tables: TypeAlias = list[tuple[str, pa.Table]]


@dataclass
class ImagesSource:
    """`count` images that are not landed yet, drawn from `listing` in the order of `seed`.

    The listing is the URL of a directory page, or the path of a file of URLs. With `top_up` the
    images landed from it before count as well. `served_here` is a host that this process serves.
    """

    listing: str | Path
    count: int
    seed: int
    concurrency: int
    limits: Limits = field(default_factory=Limits)
    served_here: tuple[str, int] | None = None
    top_up: bool = False
    raw_schema: RawSchema = RAW_SCHEMA

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield outcomes and contents in chunks of a few megabytes, then the run's own counts.

        Raises `IngestError` where the listing itself cannot be read.
        """
        remove_bytes(run)  # of a take-down or a download that was cut off
        wanted = self.count
        listing = run.origins.last("attempts", str(self.listing))
        if listing and self.top_up:
            wanted -= landed.images_of(run, listing)
        if listing and wanted <= 0:
            run.origins.use("attempts", listing.address, listing)
            held = counted(self.count, "image is", "images are")
            run.note(f"{held} landed already; --count N fetches N others")
            return
        # The loop runs only while this run waits for its next chunk: what is under way never
        # grows beyond twice the connections that are open.
        with closing(asyncio.new_event_loop()) as loop:
            steps = _Fetching(self, run, wanted).steps()
            try:
                while tables := loop.run_until_complete(anext(steps, None)):
                    yield from tables
            finally:
                loop.run_until_complete(steps.aclose())
                loop.run_until_complete(loop.shutdown_asyncgens())


class _Fetching:
    def __init__(self, source: ImagesSource, run: Run, wanted: int) -> None:
        self.source, self.run, self.wanted = source, run, wanted
        self.candidates = Candidates(run)
        self.pages: list[tuple[Fetched, int]] = []
        self.disallowed = self.taken = self.images = self.failed = self.gone = 0
        self.landed = self.failed_as_before = 0
        self._known: set[str] = set()

    async def steps(self) -> AsyncGenerator[Tables, None]:
        source = self.source
        async with Web(source.limits, source.concurrency, source.served_here) as web:
            self.listing = self._use(await self._list(web))
            listed = self.candidates.draw(source.seed)
            self.run.progress.expect(self.wanted)
            drawn = iter(self.candidates)
            with Downloader(web) as downloader:
                # What turns out to be known already is made up for in another round.
                while self.images < self.wanted and not self.candidates.exhausted:
                    async for chunk in downloader.chunks(drawn, self.wanted - self.images):
                        yield self._tables(chunk)
        pages = news.pages(self.run, self.listing, self.pages)
        self._note(listed)
        if self.landed or pages:
            yield self._counts(listed, pages)
            self.run.origins.landed(
                self.listing, landed.urls_taken(self.run, self.listing) + self.landed
            )

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
        async for page, links in crawler.pages():
            if not self.pages and page.error:
                what = f"{page.error} {page.status}" if page.status else page.error
                raise IngestError(f"{page.url}: {what}{f': {page.detail}' if page.detail else ''}")
            if not self.pages:
                page.url = crawler.base  # however it was asked for, it is the same page
            self.pages.append((page, links))
        self.disallowed = crawler.disallowed
        return crawler.base

    def _tables(self, chunk: list[Attempt]) -> Tables:
        to_land, images = self._sorted(chunk)
        told = news.attempts(self.run, self.listing, chunk)
        self.taken += len(chunk)
        self.landed += len(told)
        self.images += images
        failed = sum(attempt.picture is None for attempt in chunk)
        self.failed += failed
        self.failed_as_before += failed - sum(attempt.picture is None for attempt in told)
        self.run.units_read += len(chunk)
        self.run.progress.remark = f"{self.failed:,} failed"
        self.run.progress.advance(images)
        return [rows.attempts(self.run.run_id, self.listing, told), rows.contents(to_land)]

    def _sorted(self, chunk: list[Attempt]) -> tuple[list[Attempt], int]:
        """Return the attempts whose bytes are to be landed, and how many are images not known.

        Bytes that a listing brought which counts no more are not landed again, and count anew.
        """
        pictures = {a.sha256: a for a in reversed(chunk) if a.picture is not None and a.sha256}
        gone, held, known = landed.known(self.run, list(pictures))
        self.gone += sum(a.picture is not None and a.sha256 in gone for a in chunk)
        new = pictures.keys() - gone - known - self._known
        to_land = [attempt for sha256, attempt in pictures.items() if sha256 in new - held]
        self._known |= new
        return to_land, len(new)

    def _counts(self, listed: int, pages: list[tuple[Fetched, int]]) -> Tables:
        run_id, source = self.run.run_id, self.source
        counts = [listed, self.disallowed, len(pages), self.landed]
        draw = [
            *(run_id, self.listing.address, source.seed, self.wanted, *counts),
            *(datetime.now(timezone.utc), self.listing.origin_id),
        ]
        tables = [rows.table("draws", [draw])]
        if pages:
            tables.append(rows.pages(run_id, self.listing, pages))
        return tables

    def _note(self, listed: int) -> None:
        note, seed = self.run.note, self.source.seed
        urls = counted(listed, "URL")
        note(f"{counted(self.images, 'image')}, drawn from {urls} with seed {seed}")
        if self.images < self.wanted:
            note(f"the listing has no more: {self.images:,} of {self.wanted:,} asked for")
        if self.failed:
            before = f", {self.failed_as_before:,} of them as before" * bool(self.failed_as_before)
            note(f"{self.failed:,} failed{before}; a later run that draws them tries them again")
        if duplicates := self.taken - self.images - self.failed - self.gone:
            note(f"{counted(duplicates, 'duplicate')} of images fetched from other URLs")
        if self.gone:
            note(f"{self.gone:,} taken down before and not landed")
        if self.disallowed:
            note(f"{counted(self.disallowed, 'URL')} closed by robots.txt")
        if unread := sum(page.error is not None for page, _ in self.pages):
            note(f"{counted(unread, 'directory page')} could not be read")
