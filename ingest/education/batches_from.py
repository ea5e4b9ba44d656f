"""Asks the batches API for what was created from a second on, whatever its time zone.

The API compares at whole seconds and sends the batches of the asked second again, so the page
asked for after a batch begins within that batch's own second. Where it does not, the API's clock
is shifted: it takes `after` for local time, or turns it into such. The shift is then measured,
by asking, as a number of quarters of an hour; neither side's time zone has to be known.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import requests

from ingest.education.batches_api import get_page

MOMENT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9]")
QUARTER = timedelta(minutes=15)
SHIFTS = [quarters * QUARTER for quarters in range(-15 * 4, 15 * 4 + 1)]


class Pages:
    """The pages of the API at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.shift = timedelta()
        self.session = requests.Session()

    def begin_in(self, newest: str | None) -> tuple[str | None, Sequence[Any]]:
        """Ask for the page that begins in the second `newest`, or for the very first page."""
        if newest is None:
            return None, get_page(self.session, self.url, None)
        for shift in self._shifts(newest):
            after, received = self._ask(newest, shift)
            if begins(received) == newest:
                self.shift = shift
                break
        return after, received

    def _shifts(self, newest: str) -> Iterator[timedelta]:
        """Yield the shifts that may fit: the last one, then what measuring finds."""
        # An API that compares strictly needs the second before.
        second = timedelta(seconds=1)
        yield self.shift
        yield self.shift - second
        measured = self._measured(newest)
        yield measured + QUARTER - second
        yield measured

    def _measured(self, newest: str) -> timedelta:
        """Return the greatest shift whose page does not begin after `newest`, by halving."""
        low, high = 0, len(SHIFTS)
        while high - low > 1:
            middle = (low + high) // 2
            _, received = self._ask(newest, SHIFTS[middle])
            begin = begins(received)
            if begin is not None and begin <= newest:
                low = middle
            else:
                high = middle
        return SHIFTS[low]

    def _ask(self, newest: str, shift: timedelta) -> tuple[str, Sequence[Any]]:
        moment = datetime.fromisoformat(newest) + shift
        after = moment.isoformat(timespec="milliseconds")
        return after, get_page(self.session, self.url, after)


def second_of(record: Any) -> str | None:
    """Return the second in which a batch was created, as text; None where it tells none."""
    created_at = record.get("created_at") if isinstance(record, dict) else None
    found = MOMENT.match(created_at) if isinstance(created_at, str) else None
    return found.group().replace("T", " ") if found else None


def begins(received: Sequence[Any]) -> str | None:
    """Return the second that a page begins in."""
    return next(filter(None, map(second_of, received)), None)
