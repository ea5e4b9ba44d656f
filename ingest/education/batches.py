"""Walks through the pages of the batches API, from the newest batch that is landed.

    newest batch landed -> ask for its second again -> land what is new -> the newest of that -> ...

The API compares at whole seconds and sends the batches of the asked second again, so the page
asked for after a batch begins within that batch's own second. Where it does not, the API's clock
is shifted: it takes `after` for local time, or turns it into such. The shift is then measured,
by asking, as a number of quarters of an hour; neither side's time zone has to be known.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import requests

from ingest.common.errors import IngestError
from ingest.education.batches_api import PAGE, get_page
from ingest.education.tables import TABLES
from ingest.landing.ledger import Run
from ingest.warehouse.raw_tables import rows

MOMENT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9]")
QUARTER = timedelta(minutes=15)
SHIFTS = [quarters * QUARTER for quarters in range(-15 * 4, 15 * 4 + 1)]

NEWEST = """
select max(substr(batches.created_at, 1, 19)) from raw_education.batches
where created_at ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9]'
and exists (
    select from raw_education.batch_pages as pages
    where pages._dlt_load_id = batches._dlt_load_id and pages.page = batches.page and url = %s
) and _dlt_load_id in ({loads})
"""
KNOWN = """
select record from raw_education.batches where record = any(%s) and exists (
    select from raw_education.batch_pages as pages
    where pages._dlt_load_id = batches._dlt_load_id and pages.page = batches.page and url = %s
) and _dlt_load_id in ({loads})
"""


class Batches:
    """The batches API at `url`; `known_as` is what its batches are landed under, if not `url`."""

    def __init__(self, url: str, known_as: str | None = None) -> None:
        self.url, self.known_as = url, known_as or url
        self.shift = timedelta()
        self.session = requests.Session()

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield the batches that are not landed yet, then one row a page that held such.

        Raises `IngestError` where the API does not answer, or a second has a whole page of batches.
        """
        ((newest,),) = run.landed(NEWEST, self.known_as)
        seen: set[str] = set()
        page = 0
        while True:
            after, received = self._page_from(newest)
            records = [json.dumps(record) for record in received]
            seen.update(record for (record,) in run.landed(KNOWN, records, self.known_as))
            new = [n for n, record in enumerate(records) if record not in seen]
            new = [n for n in new if records.index(records[n]) == n]
            run.units_read += len(received)
            if not new:
                if len(received) >= PAGE:
                    raise IngestError(_stuck(self.url, newest))
                return
            page += 1
            run.progress.advance(len(new))
            read_at = datetime.now(timezone.utc)
            yield (
                "batches",
                rows(TABLES["batches"], [_row(page, n, received[n], records[n]) for n in new]),
            )
            row = (self.known_as, page, after, len(received), len(new), read_at)
            yield "batch_pages", rows(TABLES["batch_pages"], [row])
            seen.update(records)
            newest = max(filter(None, [newest, *map(_second, received)]), default=None)

    def _page_from(self, newest: str | None) -> tuple[str | None, Sequence[Any]]:
        """Ask for the page that begins in the second `newest`, or for the very first page."""
        if newest is None:
            return None, get_page(self.session, self.url, None)
        for shift in self._shifts(newest):
            after, received = self._ask(newest, shift)
            if _begins(received) == newest:
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
            begins = _begins(received)
            if begins is not None and begins <= newest:
                low = middle
            else:
                high = middle
        return SHIFTS[low]

    def _ask(self, newest: str, shift: timedelta) -> tuple[str, Sequence[Any]]:
        moment = datetime.fromisoformat(newest) + shift
        after = moment.isoformat(timespec="milliseconds")
        return after, get_page(self.session, self.url, after)


def _second(record: Any) -> str | None:
    """Return the second in which a batch was created, as text; None where it tells none."""
    created_at = record.get("created_at") if isinstance(record, dict) else None
    found = MOMENT.match(created_at) if isinstance(created_at, str) else None
    return found.group().replace("T", " ") if found else None


def _begins(received: Sequence[Any]) -> str | None:
    return next(filter(None, map(_second, received)), None)


def _row(page: int, position: int, record: Any, text: str) -> tuple[object, ...]:
    told = record if isinstance(record, dict) else {}
    values = [_text(told.get(name)) for name in ("id", "name", "created_at")]
    return page, position, *values, text


def _text(value: Any) -> str | None:
    """Return a JSON value as Postgres can hold it: what cannot be text stays in its JSON form."""
    if value is None:
        return None
    if not isinstance(value, str):
        return json.dumps(value)
    plain = "\0" not in value and not re.search("[\ud800-\udfff]", value)
    return value if plain else json.dumps(value)


def _stuck(url: str, newest: str | None) -> str:
    when = f"in the second {newest}" if newest else "without a time of creation"
    return f"{url}: {PAGE} batches or more {when} fill the page; the API cannot send those after it"
