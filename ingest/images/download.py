"""Downloads candidates side by side until enough of them turned out to be images."""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ingest.images.answers import Fetched, Refused, Sink
from ingest.images.candidates import Candidate
from ingest.images.decode import Picture, decode, pixels_of
from ingest.images.hosts import ClosedError
from ingest.images.limits import Limits
from ingest.images.web import Web

CHUNK_BYTES = 4 << 20
CHUNK_ATTEMPTS = 500
SMALL = 256 * 256  # pixels that are decoded sooner than handed to a thread and back


@dataclass
class Attempt:
    """What came of one candidate; `content` is kept only where `picture` proves an image."""

    candidate: Candidate
    fetched: Fetched
    sha256: str | None = None
    picture: Picture | None = None
    content: bytes = b""


class Downloader:
    """Fetches and decodes; use it as a context manager around its decoding threads."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self._threads = ThreadPoolExecutor(min(4, os.cpu_count() or 1), "decode")
        self._connections = asyncio.Semaphore(web.concurrency)
        self.passed_over = 0  # URLs that were not asked for, since their host is closed

    def __enter__(self) -> "Downloader":
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    async def chunks(
        self, candidates: Iterator[Candidate], wanted: int, seconds: float
    ) -> AsyncIterator[list[Attempt]]:
        """Yield attempts, some megabytes at a time, until `wanted` of them are images.

        After so many seconds no more is begun, and what is under way ends it.

        A failure lets the next candidate in. Never more are under way than may still be wanted,
        so what is taken depends on the order of the candidates alone, not on who answers first.
        As many as are fetched wait their turn: no connection is idle while an image is decoded.
        """
        done: asyncio.Queue[asyncio.Task[Attempt | None]] = asyncio.Queue()
        running: set[asyncio.Task[Attempt | None]] = set()
        until = time.monotonic() + seconds
        chunk: list[Attempt] = []
        images = size = 0
        try:
            while True:
                while len(running) < min(2 * self.web.concurrency, wanted - images):
                    late = time.monotonic() > until
                    candidate = None if late else next(self._open(candidates), None)
                    if candidate is None:
                        wanted = 0
                        break
                    task = asyncio.ensure_future(self._attempt(candidate))
                    task.add_done_callback(done.put_nowait)
                    running.add(task)
                if not running:
                    break
                task = await done.get()
                running.discard(task)
                attempt = task.result()
                if attempt is None:
                    self.passed_over += 1
                    continue
                images += attempt.picture is not None
                chunk.append(attempt)
                size += len(attempt.content)
                if size >= CHUNK_BYTES or len(chunk) >= CHUNK_ATTEMPTS:
                    yield chunk
                    chunk, size = [], 0
            if chunk:
                yield chunk
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _open(self, candidates: Iterator[Candidate]) -> Iterator[Candidate]:
        """Leave out what a host that is closed for this run should give."""
        for candidate in candidates:
            if not self.web.is_closed(candidate.url):
                yield candidate
            else:
                self.passed_over += 1

    async def _attempt(self, candidate: Candidate) -> Attempt | None:
        body = bytearray()

        def start(_url: str) -> Sink:
            body.clear()
            return body.extend

        limits = self.web.limits
        try:
            async with self._connections:
                fetched = await self.web.fetch(
                    candidate.url, start, limits.image_bytes, limits.image_seconds
                )
        except ClosedError:
            return None
        await asyncio.sleep(0)  # the next request leaves first
        attempt = Attempt(candidate, fetched)
        if fetched.error is None:
            attempt.content = bytes(body)
            pixels = pixels_of(attempt.content)
            if pixels is not None and pixels <= SMALL:
                _prove(attempt, limits)
            else:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._threads, _prove, attempt, limits)
        return attempt


def _prove(attempt: Attempt, limits: Limits) -> None:
    attempt.sha256 = hashlib.sha256(attempt.content).hexdigest()
    try:
        attempt.picture = decode(attempt.content, limits)
    except Refused as refused:
        attempt.fetched.error, attempt.fetched.detail = refused.error, refused.detail
        attempt.content = b""
