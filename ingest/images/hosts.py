"""What is known of a host during a run: how fast it is asked, and whether it still is.

    answers        -> as many requests at a time as there are connections
    429, 503       -> half as many; Retry-After is waited for by all
    silence, too   -> one at a time, after pauses that grow; the first answer ends it
    goes on so     -> the host is probed with robots.txt; no answer closes it for this run

What is the fault of one URL, because others are answered meanwhile, does not count.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ingest.images.limits import Limits


class ClosedError(Exception):
    """No more is asked of a host in this run; what was asked for last is left to a later one."""


@dataclass
class Mark:
    """What a host had answered when a request began."""

    answers: int
    troubles: int


@dataclass
class Host:
    """One host; `most` requests at a time, `rate` of them a second where that is set."""

    name: str
    limits: Limits
    most: int
    rate: float | None = None
    closed: str | None = None
    troubles: int = 0  # since it answered last
    doubts: int = 0  # since it answered last: how often only its robots.txt was there
    answers: int = 0
    _at_once: float = 0.0
    _active: int = 0
    _seen_troubles: int = 0
    _not_before: float = 0.0
    _waiting: deque["asyncio.Future[None]"] = field(default_factory=deque)
    _shut: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._at_once = float(self.most)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Mark]:
        """Wait until the host may be asked once more; raises `ClosedError` where it may not."""
        await self._wait()
        self._active += 1
        try:
            yield Mark(self.answers, self._seen_troubles)
        finally:
            self._active -= 1
            self._wake()

    def answered(self) -> None:
        """Hear that the host did its work."""
        self.answers += 1
        if self.troubles:
            self._at_once = max(self._at_once, 2.0)
        self.troubles = self.doubts = 0
        self._at_once = min(self.most, self._at_once + 1 / self._at_once)

    def is_to_blame(self, mark: Mark, is_busy: bool, seconds: float, why: str) -> bool:
        """Hear that a request failed; return whether the host failed, and not the URL alone.

        `is_busy` tells that the host said so itself, `seconds` how long it asked to wait.
        """
        if seconds > self.limits.longest_wait:
            self.close(f"{why}, and asks to wait for {seconds:,.0f} s")
            return True
        now = time.monotonic()
        self._not_before = max(self._not_before, now + seconds)
        of_all = mark.answers == self.answers
        if mark.troubles == self._seen_troubles and (of_all or is_busy):
            self._seen_troubles += 1  # once for all that were under way
            self._at_once = max(1.0, self._at_once / 2)
            if of_all:
                self._at_once = self._at_once if is_busy else 1.0
                self.troubles += 1
                pause = self.limits.backoff * 2 ** (self.troubles - 1)
                pause = min(pause * random.uniform(0.5, 1.5), self.limits.longest_wait)  # noqa: S311
                self._not_before = max(self._not_before, now + pause)
        return of_all

    def close(self, why: str) -> None:
        """Ask no more of the host in this run."""
        self.closed = self.closed or why
        self._shut.set()
        self._wake()

    async def _wait(self) -> None:
        while True:
            if self.closed:
                raise ClosedError(self.name)
            pause = self._not_before - time.monotonic()
            if pause > 0:
                await _first(self._shut, pause)
            elif self._active >= int(self._at_once):
                turn = asyncio.get_running_loop().create_future()
                self._waiting.append(turn)
                await turn
            else:
                break
        if self.rate:
            self._not_before = max(self._not_before, time.monotonic()) + 1 / self.rate

    def _wake(self) -> None:
        """Let those look again who may go now; all of them where the host is closed."""
        free = len(self._waiting) if self.closed else int(self._at_once) - self._active
        while self._waiting and free > 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1


async def _first(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        return
