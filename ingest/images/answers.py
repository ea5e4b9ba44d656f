"""What an answer may be: small rules on outcomes, waiting times and bodies."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import aiohttp

Sink = Callable[[bytes], object]


class Refused(Exception):
    """Why a fetch ends without its body: a short error code, and words for a person."""

    def __init__(self, error: str, detail: str = "", wait: float = 0.0) -> None:
        super().__init__(error, detail)
        self.error, self.detail, self.wait = error, detail, wait


@dataclass
class Fetched:
    """What came of one URL, over all its tries; `error` is None where the whole body came."""

    url: str
    at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    milliseconds: float = 0.0
    tries: int = 0
    status: int | None = None
    error: str | None = None
    detail: str | None = None
    bytes: int = 0


def seconds_to_wait(retry_after: str) -> float:
    """Seconds that a Retry-After header asks for, a number or a date; 0 where it says nothing."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0


async def read_body(
    answer: aiohttp.ClientResponse, fetched: Fetched, sink: Sink, most_bytes: int
) -> None:
    """Hand the body to the sink; raises `Refused` once it is longer than `most_bytes`."""
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise Refused("encoded answer", f"sent as {encoding[:50]}, which was not asked for")
    announced = answer.content_length or 0
    if announced > most_bytes:
        raise Refused("too large", f"{announced:,} bytes announced, at most {most_bytes:,} read")
    async for piece in answer.content.iter_any():
        fetched.bytes += len(piece)
        if fetched.bytes > most_bytes:
            raise Refused("too large", f"more than {most_bytes:,} bytes")
        sink(piece)
