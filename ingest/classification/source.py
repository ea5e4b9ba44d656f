"""Lands images, requests and replies, in the order that makes a kill harmless.

1st load    what the folder holds, late replies, the first requests
then        these requests are sent, the late replies acknowledged
next loads  the replies so far, the next requests; and so on until all is answered
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa

from ingest.classification import landed
from ingest.classification.broker import Broker, Delivery
from ingest.classification.exchange import MOST_IN_FLIGHT, Exchange, steps
from ingest.classification.folders import Folders
from ingest.classification.tables import RAW_SCHEMA, TABLES
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import rows

log = logging.getLogger(__name__)

LEAST_TO_RECORD, MOST_TO_RECORD = MOST_IN_FLIGHT, 20_000  # requests landed ahead of their sending


class ClassificationSource:
    """The images of `folder`, to be labelled over `broker`.

    A run ends when every image has its answer, or when none has come for `timeout` seconds.
    """

    raw_schema = RAW_SCHEMA

    def __init__(self, folder: Path, broker: Broker, timeout: float) -> None:
        self.folders, self.broker = Folders(folder), broker
        self.exchange = Exchange(broker, timeout)
        self.to_record: list[int] = []
        self.recording: list[int] = []
        self.taken: list[Delivery] = []
        self.page = self.replies_taken = 0

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield one load: replies, images on the first call, the next requests, the counts.

        Raises `IngestError` where the folder or the broker cannot be used.
        """
        self.page += 1
        if self.page == 1:
            self.broker.open()
            self.queue = self._origin(run)
            self.taken = self.exchange.take_what_is_there()
            yield from self.folders.read(run)
            self._plan(run, self.folders.paths)
        else:
            before = self.exchange.answered
            self.taken = self.exchange.talk(more_to_record=bool(self.to_record))
            run.progress.advance(self.exchange.answered - before)
            self.to_record += self.exchange.again
            self.exchange.again = []
        # As many as will be asked before long: what is recorded too early is dated too early.
        pace = min(max(LEAST_TO_RECORD, 4 * len(self.taken)), MOST_TO_RECORD)
        wanted = max(0, pace - len(self.exchange.ready))
        self.recording, self.to_record = self.to_record[:wanted], self.to_record[wanted:]
        yield "replies", self._replies(run)
        yield "requests", self._requests(run)
        yield "pages", self._count(run)

    def loaded(self, run: Run) -> bool:
        """Acknowledge what is landed and pass on what is recorded; return whether to read on."""
        try:
            self.broker.acknowledge(self.taken)
        except self.broker.lost as error:
            log.debug("classification: not acknowledged, so it will come again: %s", error)
        steps(f"classification: stored the reply for {one.reply.photo_id}" for one in self.taken)
        self.exchange.ready.extend(self.recording)
        if not self.exchange.is_over():
            return True
        self._conclude(run)
        return False

    def close(self) -> None:
        """Close the connection to the broker."""
        self.broker.close()

    def _origin(self, run: Run) -> Origin:
        """Return the reply queue's origin, which counts from now on."""
        address = f"{self.broker.address}/{self.broker.reply_queue}"
        known = run.origins.last(landed.REPLIES, address)
        return run.origins.use(landed.REPLIES, address, known)

    def _plan(self, run: Run, paths: dict[int, Path]) -> None:
        asked = landed.asked(run)
        labelled = landed.labelled(run) & asked
        late = asked & {one.reply.photo_id for one in self.taken if one.reply.problem is None}
        self.exchange.answered = len(late & paths.keys() - labelled)
        labelled |= late
        missing = {number: path for number, path in paths.items() if number not in labelled}
        self.exchange.begin(missing, missing.keys() & asked)
        self.to_record = [number for number in missing if number not in asked]
        run.progress.expect(len(missing))

    def _replies(self, run: Run) -> pa.Table:
        taken = []
        for one in self.taken:
            self.replies_taken += 1
            reply = one.reply
            said = (reply.photo_id, reply.label, reply.problem)
            body = (reply.size_bytes, reply.is_text, reply.body)
            where = (self.queue.origin_id, self.page)
            taken.append((run.run_id, self.replies_taken, *said, *body, one.received_at, *where))
        if taken:
            run.origins.landed(self.queue, self.queue.records + len(taken))
        return rows(TABLES["replies"], taken)

    def _requests(self, run: Run) -> pa.Table:
        to = (self.broker.request_queue, datetime.now(timezone.utc))
        where = (self.queue.origin_id, run.run_id, self.page)
        return rows(TABLES["requests"], [(number, *to, *where) for number in self.recording])

    def _count(self, run: Run) -> pa.Table:
        counts = (len(self.recording), len(self.taken))
        where = (self.queue.origin_id, run.run_id, self.page)
        row = (*where, None, *counts, datetime.now(timezone.utc))
        return rows(TABLES["pages"], [row] if any(counts) else [])

    def _conclude(self, run: Run) -> None:
        exchange = self.exchange
        if exchange.answered:
            run.note(f"{exchange.answered:,} image(s) labelled")
        if exchange.unusable:
            run.note(f"{exchange.unusable:,} image(s) answered without a label")
        if exchange.changed:
            run.note(f"{len(exchange.changed):,} image(s) changed before they were sent")
        if exchange.missing:
            run.note(
                f"{len(exchange.missing):,} image(s) without an answer, "
                f"{exchange.timeout:g} s after the last one; the next run asks on"
            )
