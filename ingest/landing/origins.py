"""The origins of a source: what its records are known to come from, and which of them count.

    raw_<source>.origins    one row each time that an origin landed something or changed its state

What holds is an origin's last row, by the run's number and the row's own number in the run. A row
is landed in the same load as what it tells of, so a kill leaves both or neither. A source asks for
what it has landed of its `counting` origins, says of each one that it reads what it holds now, and
retires those that are not to count any more; staging shows records of counting origins only.
"""

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

OWN, SAMPLE = "own", "sample"

LAST = """
select
    origin_id, record_table, origin, kind, records, landed_at,
    counts, because, since_run_id, changed_at
from (
    select *, row_number() over (partition by origin_id order by run_id desc, event desc) as age
    from {schema}.origins
    where _dlt_load_id in (select load_id from {schema}._dlt_loads where status = 0)
) as events where age = 1 order by origin_id
"""

Ask = Callable[[str], list[tuple[Any, ...]]]


@dataclass
class Origin:
    """An origin as it is now; `records` is how many it holds, `because` why it does not count."""

    origin_id: int
    record_table: str
    address: str
    kind: str
    records: int
    landed_at: datetime | None
    counts: bool
    because: str | None
    since_run_id: int
    changed_at: datetime


def last_origins(ask: Ask, source: str) -> list[Origin]:
    """Return every origin of a source as it was landed last."""
    return [Origin(*row) for row in ask(LAST.replace("{schema}", f"raw_{source}"))]


@dataclass
class Origins:
    """The origins of one source during a run: those known before, and what this run says of them.

    A run reads own inputs or the sample, never both; own data that is landed retires the sample.
    """

    ask: Ask
    source: str
    run_id: int
    kind: str
    note: Callable[[str], None]
    known: list[Origin] = field(default_factory=list)
    _before: dict[int, Origin] = field(default_factory=dict)
    _touched: set[int] = field(default_factory=set)
    _events: int = 0

    def load(self) -> None:
        """Ask the warehouse for what is known."""
        self.known = last_origins(self.ask, self.source)
        self._before = {origin.origin_id: replace(origin) for origin in self.known}

    def counting(self, record_table: str | None = None) -> list[Origin]:
        """Return the origins of this run's kind that count, of one kind of record or all."""
        return [
            origin
            for origin in self.known
            if origin.counts
            and origin.kind == self.kind
            and record_table in (None, origin.record_table)
        ]

    def last(self, record_table: str, address: str) -> Origin | None:
        """Return the origin of this run's kind that was last known at an address."""
        here = [
            origin
            for origin in self.known
            if (origin.kind, origin.record_table, origin.address)
            == (self.kind, record_table, address)
        ]
        return max(here, key=lambda origin: (origin.counts, origin.since_run_id), default=None)

    def use(self, record_table: str, address: str, same_as: Origin | None = None) -> Origin:
        """Let an origin count from this run on, at this address: a known one, or a new one."""
        now = datetime.now(timezone.utc)
        origin = same_as
        if origin is None:
            number = max((0, *(known.origin_id for known in self.known))) + 1  # some are negative
            origin = Origin(
                *(number, record_table, address, self.kind, 0, None, True, None),
                *(self.run_id, now),
            )
            self.known.append(origin)
        elif not origin.counts:
            origin.counts, origin.because = True, None
            origin.since_run_id, origin.changed_at = self.run_id, now
        origin.address = address
        return origin

    def landed(self, origin: Origin, records: int) -> None:
        """Say that something of an origin is landed, and how many records it holds now."""
        origin.records, origin.landed_at = records, datetime.now(timezone.utc)
        self._touched.add(origin.origin_id)

    def retire(self, origin: Origin, because: str) -> None:
        """Let an origin not count any more from this run on."""
        origin.counts, origin.because = False, because
        origin.since_run_id, origin.changed_at = self.run_id, datetime.now(timezone.utc)

    def changes(self) -> Iterator[tuple[object, ...]]:
        """Yield a row for each origin of which this run says something new, and only once."""
        self._retire_the_sample()
        for origin in self.known:
            before = self._before.get(origin.origin_id)
            if before != origin or origin.origin_id in self._touched:
                self._events += 1
                yield (*astuple(origin), self.run_id, self._events)
        self._before = {origin.origin_id: replace(origin) for origin in self.known}
        self._touched.clear()

    def _retire_the_sample(self) -> None:
        samples = [origin for origin in self.known if origin.counts and origin.kind == SAMPLE]
        if samples and self.kind == OWN and self.counting():
            for origin in samples:
                self.retire(origin, "own data was landed")
            self.note("the sample counts no more: own data is landed")
