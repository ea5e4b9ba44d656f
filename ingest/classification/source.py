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
from ingest.classification.closing import tell
from ingest.classification.exchange import Exchange
from ingest.classification.folders import Folders
from ingest.classification.protocol import Delivery
from ingest.classification.sending import steps
from ingest.classification.tables import RAW_SCHEMA, TABLES
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import rows

log = logging.getLogger(__name__)

MOST_TO_RECORD = 20_000  # requests landed ahead of their sending


class ClassificationSource:
    """The images of `folders`, to be labelled by an exchange; `again` names a path, or all.

    A run ends when every image has its answer, or when none has come for too long.
    """

    raw_schema = RAW_SCHEMA

    def __init__(
        self,
        folders: Folders,
        exchange: Exchange,
        again: str | None = None,
        *,
        take_foreign: bool = False,
    ) -> None:
        self.take_foreign = take_foreign
        self.folders, self.exchange, self.broker = folders, exchange, exchange.broker
        self.again = again
        self.to_record: list[int] = []
        self.recording: list[int] = []
        self.taken: list[Delivery] = []
        self.page = self.replies_taken = 0
        self.kept_back: dict[Path, str] = {}  # rejected by an earlier run

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield one load: replies, images on the first call, the next requests, the counts.

        Raises `IngestError` where the folder or the broker cannot be used.
        """
        self.page += 1
        if self.page == 1:
            self.broker.mark = f"{self.broker.reply_queue}.mark.{landed.warehouse(run)}"
            self.broker.open()
            self.queue = self._origin(run)
            self.broker.foreign.known = None if self.take_foreign else landed.ever_asked(run)
            self.taken = self.exchange.take_what_is_there()
            for chunk in self.folders.read(run):
                self.exchange.beat()
                yield chunk
            self._plan(run, self.folders.paths)
        else:
            before = self.exchange.answered
            self.taken = self.exchange.talk(more_to_record=bool(self.to_record))
            run.progress.advance(self.exchange.answered - before)
            self.to_record += self.exchange.again
            self.exchange.again = []
        # As many as will be asked before long: what is recorded too early is dated too early.
        pace = min(max(self.exchange.flight.most, 4 * len(self.taken)), MOST_TO_RECORD)
        wanted = max(0, pace - len(self.exchange.sending.ready))
        if self.exchange.refusal:
            wanted = 0
        self.recording, self.to_record = self.to_record[:wanted], self.to_record[wanted:]
        yield "replies", self._replies(run)
        yield "requests", self._requests(run)
        yield "outcomes", self._outcomes(run)
        yield "pages", self._count(run)

    def loaded(self, run: Run) -> bool:
        """Acknowledge what is landed and pass on what is recorded; return whether to read on."""
        try:
            self.broker.acknowledge(self.taken)
        except self.broker.lost as error:
            log.debug("classification: not acknowledged, so it will come again: %s", error)
        steps(f"classification: stored the reply for {one.reply.photo_id}" for one in self.taken)
        self.exchange.sending.ready.extend(self.recording)
        if not self.exchange.is_over():
            return True
        self.broker.leave_mark()  # what became doubtful by a restart is landed
        tell(run, self.exchange, self.folders.rejected, self.kept_back)
        return False

    def close(self) -> None:
        """Close the connection to the broker."""
        self.broker.close()

    def _origin(self, run: Run) -> Origin:
        """Return the reply queue's origin, which counts from now on."""
        address = f"{self.broker.shown}/{self.broker.reply_queue}"
        known = run.origins.last(landed.REPLIES, address)
        return run.origins.use(landed.REPLIES, address, known)

    def _plan(self, run: Run, paths: dict[int, Path]) -> None:
        asked = landed.asked(run)
        labelled = landed.labelled(run) & asked.keys()
        late = asked.keys() & {one.reply.photo_id for one in self.taken if not one.reply.problem}
        self.exchange.answered = len(late & paths.keys() - labelled)
        labelled |= late
        missing = {number: path for number, path in paths.items() if number not in labelled}
        again = {number for number, path in missing.items() if self._is_wanted_again(path)}
        asked_before = {number for number in missing if asked.get(number) and number not in again}
        self.kept_back = {
            missing.pop(number): reason
            for number, reason in landed.given_up(run).items()
            if number in missing and number not in again and not asked[number]
        }
        if self.again and not again:
            run.note(f"no image without an answer is at {self.again}")
        self.exchange.asked.times = dict(asked)
        unsure = landed.unsure(run)
        unsure |= {one.reply.photo_id or 0 for one in self.taken if one.reply.problem}
        self.exchange.begin(missing, asked_before, unsure)
        self.to_record = [number for number in missing if number not in asked_before]
        run.progress.expect(len(missing))

    def _is_wanted_again(self, path: Path) -> bool:
        if not self.again:
            return False
        return self.again == "all" or path.is_relative_to(Path(self.again).absolute())

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
        times = self.exchange.asked.times
        for number in self.recording:
            times[number] = times.get(number, 0) + 1
        if (known := self.broker.foreign.known) is not None:
            known.update(self.recording)
        to = (self.broker.request_queue, datetime.now(timezone.utc))
        where = (self.queue.origin_id, run.run_id, self.page)
        return rows(TABLES["requests"], [(number, *to, *where) for number in self.recording])

    def _outcomes(self, run: Run) -> pa.Table:
        outcomes, self.exchange.outcomes = self.exchange.outcomes, []
        where = (datetime.now(timezone.utc), self.queue.origin_id, run.run_id, self.page)
        found = [(one.photo_id, one.outcome, one.detail, *where) for one in outcomes]
        return rows(TABLES["outcomes"], found)

    def _count(self, run: Run) -> pa.Table:
        counts = (len(self.recording), len(self.taken))
        where = (self.queue.origin_id, run.run_id, self.page)
        row = (*where, None, *counts, datetime.now(timezone.utc))
        return rows(TABLES["pages"], [row] if any(counts) else [])
