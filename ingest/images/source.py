"""Lands a random choice of a host's images, and what came of every URL that was taken."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from ingest.common.addresses import known_as
from ingest.common.words import counted
from ingest.images import landed
from ingest.images.access import Access
from ingest.images.fetching import Fetching, Tables
from ingest.images.limits import Limits
from ingest.images.tables import RAW_SCHEMA
from ingest.images.take_down import remove_bytes
from ingest.landing.ledger import Run
from ingest.warehouse.raw_schemas import RawSchema

# A kill loses what came since the last piece
PIECE_IMAGES = 10_000
PIECE_SECONDS = 60.0


@dataclass
class ImagesSource:
    """`count` images that are not landed yet, drawn from `listing` in the order of `seed`.

    The listing is the URL of a directory page, or the path of a file of URLs. With `top_up` the
    images landed from it before count as well. `served_here` is a host that this process serves.
    What is fetched is landed in `pieces` of so many images and seconds, each of them complete.
    """

    listing: str | Path
    count: int
    seed: int
    concurrency: int
    limits: Limits = field(default_factory=Limits)
    served_here: tuple[str, int] | None = None
    top_up: bool = False
    access: Access = field(default_factory=Access)
    pieces: tuple[int, float] = (PIECE_IMAGES, PIECE_SECONDS)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _steps: AsyncGenerator[Tables | None, None] | None = field(default=None, init=False)
    _fetching: Fetching | None = field(default=None, init=False)
    raw_schema: RawSchema = RAW_SCHEMA

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield outcomes and contents in chunks of a few megabytes, then the counts of the piece.

        Raises `IngestError` where the listing itself cannot be read.
        """
        if self._steps is None:
            self._steps = self._begun(run)
        # The loop runs only while this run waits for its next chunk: what is under way never
        # grows beyond twice the connections that are open.
        while (
            self._steps
            and self._loop
            and (tables := self._loop.run_until_complete(anext(self._steps, None)))
        ):
            yield from tables

    def loaded(self, run: Run) -> bool:  # noqa: ARG002 - the fetching has it
        """Hear that a piece is landed; return whether there is another one."""
        return self._fetching is not None and not self._fetching.is_over

    def close(self) -> None:
        """Close every connection to hosts."""
        if self._loop is not None and self._steps is not None:
            with closing(self._loop) as loop:
                loop.run_until_complete(self._steps.aclose())
                loop.run_until_complete(loop.shutdown_asyncgens())
            self._loop = self._steps = None

    def _begun(self, run: Run) -> AsyncGenerator[Tables | None, None] | None:
        remove_bytes(run)  # of a take-down or a download that was cut off
        wanted = self.count
        listing = run.origins.last("attempts", known_as(str(self.listing)))
        if listing and self.top_up:
            wanted -= landed.images_of(run, listing)
        if listing and wanted <= 0:
            run.origins.use("attempts", listing.address, listing)
            held = counted(self.count, "image is", "images are")
            run.note(f"{held} landed already; --count N fetches N others")
            return None
        self._loop = asyncio.new_event_loop()
        self._fetching = Fetching(self, run, wanted)
        return self._fetching.steps()
