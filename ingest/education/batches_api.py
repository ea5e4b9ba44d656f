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
WORTH_ANOTHER_TRY = {408, 425, 429}


class NotWhole(Exception):
    """A reply that another attempt may mend; its text says what was wrong."""


def get_page(session: requests.Session, url: str, after: str | None) -> list[Any]:
    """Return the records of one page; `after` is a moment as the API writes it, None for the first.

    Raises `IngestError` naming the address where no attempt brought a JSON array.
    """
    # Spelled out by hand: colons may stand in a query as they are, and simple servers want them so.
    address = f"{url}{'&' if '?' in url else '?'}after={after}" if after else url
    problem = ""
    for seconds in (0.0, *SECONDS_BETWEEN_ATTEMPTS):
        time.sleep(seconds)
        try:
            return _ask(session, address)
        except (NotWhole, requests.ConnectionError, requests.Timeout) as error:
            problem = _in_short(error)
        except requests.exceptions.ChunkedEncodingError as error:
            problem = f"the reply was cut off ({_in_short(error)})"
        except requests.RequestException as error:
            raise IngestError(f"{address}: {error}") from error
        log.debug("education: %s: %s", address, problem)
    attempts = 1 + len(SECONDS_BETWEEN_ATTEMPTS)
    raise IngestError(f"{address}: {problem}, {attempts} times")


def _ask(session: requests.Session, address: str) -> list[Any]:
    reply = session.get(address, timeout=TIMEOUT)
    if reply.status_code >= 500 or reply.status_code in WORTH_ANOTHER_TRY:
        raise NotWhole(f"answers {reply.status_code} {reply.reason}")
    if reply.status_code != 200:
        raise IngestError(f"{address}: answers {reply.status_code} {reply.reason}")
    try:
        records = json.loads(reply.content.decode("utf-8"))
    except ValueError as error:
        raise NotWhole(f"the reply is cut off or no JSON: {error}") from error
    if not isinstance(records, list):
        raise IngestError(f"{address}: the reply is no JSON array")
    return records


def _in_short(error: Exception) -> str:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return str(reason or error).split(": ", 1)[-1] if reason else str(error)
