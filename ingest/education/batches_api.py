"""Asks the batches API for one page, again where the first answer was not whole.

The API calls its JSON `text/html` and speaks HTTP/1.0: where it sends no length, a reply that was
cut off shows only in that it is no JSON.
"""

import json
import logging
import time
from typing import Any

import requests

from ingest.common.errors import IngestError

log = logging.getLogger(__name__)

PAGE = 100  # most records the API sends at once
SECONDS_BETWEEN_ATTEMPTS = (0.5, 1.0, 2.0)
TIMEOUT = (5.0, 30.0)  # seconds to connect, seconds without a byte
SECONDS_IN_ALL = 60.0  # for one reply, however it trickles
MOST_SECONDS_TO_WAIT = 60.0  # that a reply may ask for
PIECE = 1024  # bytes; what trickles is looked at as it comes
WORTH_ANOTHER_TRY = {408, 425, 429}


class NotWhole(Exception):
    """A reply that another attempt may mend, some seconds later; its text says what was wrong."""

    def __init__(self, problem: str, seconds: float = 0.0) -> None:
        super().__init__(problem)
        self.seconds = seconds


def get_page(session: requests.Session, url: str, after: str | None) -> list[Any]:
    """Return the records of one page; `after` is a moment as the API writes it, None for the first.

    Raises `IngestError` naming the address where no attempt brought a JSON array.
    """
    # Spelled out by hand: colons may stand in a query as they are, and simple servers want them so.
    address = f"{url}{'&' if '?' in url else '?'}after={after}" if after else url
    problem, asked_to_wait = "", 0.0
    for seconds in (0.0, *SECONDS_BETWEEN_ATTEMPTS):
        time.sleep(max(seconds, asked_to_wait))
        try:
            return _ask(session, address)
        except (NotWhole, requests.ConnectionError, requests.Timeout) as error:
            problem, asked_to_wait = _in_short(error), getattr(error, "seconds", 0.0)
        except requests.exceptions.ChunkedEncodingError as error:
            problem = f"the reply was cut off ({_in_short(error)})"
        except requests.RequestException as error:
            raise IngestError(f"{address}: {error}") from error
        log.debug("education: %s: %s", address, problem)
    attempts = 1 + len(SECONDS_BETWEEN_ATTEMPTS)
    raise IngestError(f"{address}: {problem}, {attempts} times")


def _ask(session: requests.Session, address: str) -> list[Any]:
    reply = session.get(address, timeout=TIMEOUT, stream=True)
    if reply.status_code >= 500 or reply.status_code in WORTH_ANOTHER_TRY:
        raise NotWhole(
            f"answers {reply.status_code} {reply.reason}",
            _seconds(reply.headers.get("Retry-After", "")),
        )
    if reply.status_code != 200:
        raise IngestError(f"{address}: answers {reply.status_code} {reply.reason}")
    try:
        records = json.loads(_content(reply).decode("utf-8"))
    except RecursionError:
        raise IngestError(f"{address}: the reply is nested too deep") from None
    except ValueError as error:
        raise NotWhole(f"the reply is cut off or no JSON: {error}") from error
    if not isinstance(records, list):
        raise IngestError(f"{address}: the reply is no JSON array")
    return records


def _content(reply: requests.Response) -> bytes:
    """Return the body; raises `NotWhole` where it is not there in time, byte by byte."""
    deadline = time.monotonic() + SECONDS_IN_ALL
    body = bytearray()
    for piece in reply.iter_content(PIECE):
        body += piece
        if time.monotonic() > deadline:
            reply.close()
            raise NotWhole(f"the reply took more than {SECONDS_IN_ALL:.0f} s")
    return bytes(body)


def _seconds(told: str) -> float:
    """Return what `Retry-After` asks for; a moment in place of seconds is not heeded."""
    return min(float(told), MOST_SECONDS_TO_WAIT) if told.isdecimal() else 0.0


def _in_short(error: Exception) -> str:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return str(reason or error).split(": ", 1)[-1] if reason else str(error)
