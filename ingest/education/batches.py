"""Walks through the pages of the batches API, from the newest batch that is landed.

newest batch landed -> ask for its second again -> land what is new -> the newest of that -> ...
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import Any

import pyarrow as pa

from ingest.common.errors import IngestError
from ingest.education.batches_api import PAGE
from ingest.education.batches_from import Pages, second_of
from ingest.education.platform import Finding, Verdict, none_left
from ingest.education.tables import TABLES
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import rows

NEWEST = """
select id, replace(substr(created_at, 1, 19), 'T', ' ') from raw_education.batches
where created_at ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9]'
and origin_id = %s and _dlt_load_id in ({loads})
order by 2 desc, length(id) desc, id desc limit 1
"""
CREATED = """
select distinct id, replace(substr(created_at, 1, 19), 'T', ' ') from raw_education.batches
where id = any(%s) and origin_id = %s and _dlt_load_id in ({loads})
"""
KNOWN = """
select record from raw_education.batches
where record = any(%s) and origin_id = %s and _dlt_load_id in ({loads})
"""
HELD = """
select count(*) from raw_education.batches where origin_id = %s and _dlt_load_id in ({loads})
"""


class Batches:
    """The batches API at `url`; `shown_as` is shown for it where its address changes by itself."""

    record_table = "batches"

    def __init__(self, url: str, shown_as: str | None = None) -> None:
        self.url, self.address = url, shown_as or url
        self.pages = Pages(url)
        self.first: tuple[str | None, tuple[str | None, Sequence[Any]]] | None = None

    def look(self, run: Run, known: Origin | None, _stack: ExitStack) -> Finding:
        """Ask for the newest batch landed and, where it is not told any more, for the oldest ones.

        Raises `IngestError` where the API does not answer.
        """
        number, newest = _newest(run, known)
        self.first = newest, self.pages.begin_in(newest)
        if known is None or newest is None:
            return Finding(Verdict.NOTHING, "")
        last = f"the newest batch landed, id {number} of {newest}"
        if _compared(run, known, self.first[1][1])[0]:
            return Finding(Verdict.SAME, f"{self.url} tells {last}")
        _, oldest = self.pages.begin_in(None)
        same, other, example = _compared(run, known, oldest)
        if other > same:
            return Finding(
                Verdict.OTHER,
                f"{self.url} tells {other:,} landed ids with other times of creation ({example}) "
                f"and not {last}",
            )
        if same:  # some were deleted, the newest among them
            return Finding(Verdict.SAME, f"{self.url} tells batches as landed")
        ((held,),) = run.landed(HELD, known.origin_id)
        which = "none" if oldest else "no batch any more, none"
        return Finding(none_left(held), f"{self.url} tells {which} of {held:,} landed")

    def read(
        self, run: Run, origin: Origin, _instead_of: Origin | None
    ) -> Iterator[tuple[str, pa.Table]]:
        """Yield the batches that are not landed yet, then one row a page that held such.

        Raises `IngestError` where the API does not answer, or a second has a whole page of batches.
        """
        _, newest = _newest(run, origin)
        ((held,),) = run.landed(HELD, origin.origin_id)
        seen: set[str] = set()
        page = 0
        while True:
            asked = self.first if self.first and self.first[0] == newest else None
            after, received = asked[1] if asked else self.pages.begin_in(newest)
            self.first = None
            records = [json.dumps(record) for record in received]
            seen.update(record for (record,) in run.landed(KNOWN, records, origin.origin_id))
            new = [n for n, record in enumerate(records) if record not in seen]
            new = [n for n in new if records.index(records[n]) == n]
            run.units_read += len(received)
            if not new:
                if len(received) >= PAGE:
                    raise IngestError(_stuck(self.url, newest))
                return
            page += 1
            held += len(new)
            run.progress.advance(len(new))
            run.origins.landed(origin, held)
            read_at = datetime.now(timezone.utc)
            values = [(*_row(page, n, received[n], records[n]), origin.origin_id) for n in new]
            yield "batches", rows(TABLES["batches"], values)
            row = (self.url, page, after, len(received), len(new), read_at)
            whose = (origin.origin_id, run.run_id)
            yield "batch_pages", rows(TABLES["batch_pages"], [(*row, *whose)])
            seen.update(records)
            newest = max(filter(None, [newest, *map(second_of, received)]), default=None)


def _newest(run: Run, origin: Origin | None) -> tuple[str | None, str | None]:
    """Return the id and the second of the newest batch that is landed."""
    found = run.landed(NEWEST, origin.origin_id) if origin else []
    return found[0] if found else (None, None)


def _compared(run: Run, known: Origin, received: Sequence[Any]) -> tuple[int, int, str]:
    """Count the landed ids told as landed, and with another time of creation; with an example."""
    told = [record for record in received if second_of(record)]
    ids = [_text(record.get("id")) for record in told]
    landed = run.landed(CREATED, ids, known.origin_id)
    times: dict[str, set[str]] = {}
    for number, second in landed:
        times.setdefault(number, set()).add(second)
    same, other, example = 0, 0, ""
    for number, record in zip(ids, told, strict=True):
        if number not in times:
            continue
        if second_of(record) in times[number]:
            same += 1
        else:
            other += 1
            before = max(times[number])
            example = example or f"id {number} of {second_of(record)}, not of {before}"
    return same, other, example


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
