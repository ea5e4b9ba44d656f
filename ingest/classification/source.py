"""Lands images, requests and replies, in the order that makes a kill harmless.

1st load    what the folder holds, late replies, the first requests
then        these requests are sent, the late replies acknowledged
next loads  the replies so far, the next requests; and so on until all is answered
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa

from ingest.classification.broker import Broker, Delivery
from ingest.classification.exchange import MOST_IN_FLIGHT, Exchange, steps
from ingest.classification.folder import Image, as_text, files, look
from ingest.classification.tables import RAW_SCHEMA, TABLES
from ingest.landing.ledger import Run
from ingest.warehouse.raw_tables import rows

log = logging.getLogger(__name__)
UNREADABLE = "unreadable"

LEAST_TO_RECORD, MOST_TO_RECORD = MOST_IN_FLIGHT, 20_000  # requests landed ahead of their sending

KNOWN = """
select path, size_bytes, modified_ns, photo_id, problem from (
    select *, row_number() over (partition by path order by read_at desc) as age
    from raw_classification.images where _dlt_load_id in ({loads}) and folder = %s
) as versions where age = 1
"""
OWNERS = """
select photo_id, min(sha256) from raw_classification.images
where photo_id is not null and _dlt_load_id in ({loads}) group by photo_id
"""
LABELLED = """
select distinct photo_id from raw_classification.replies
where problem is null and _dlt_load_id in ({loads})
"""
ASKED = "select distinct photo_id from raw_classification.requests where _dlt_load_id in ({loads})"


class ClassificationSource:
    """The images of `folder`, to be labelled over `broker`.

    A run ends when every image has its answer, or when none has come for `timeout` seconds.
    """

    raw_schema = RAW_SCHEMA

    def __init__(self, folder: Path, broker: Broker, timeout: float) -> None:
        self.folder, self.broker = folder.resolve(), broker
        self.exchange = Exchange(broker, timeout)
        self.to_record: list[int] = []
        self.recording: list[int] = []
        self.taken: list[Delivery] = []
        self.images_read = self.replies_taken = 0
        self.is_first_load = True

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield one load: replies, images on the first call, the next requests, the counts.

        Raises `IngestError` where the folder or the broker cannot be used.
        """
        self.images_read = 0
        if self.is_first_load:
            self.is_first_load = False
            self.broker.open()
            self.taken = self.exchange.take_what_is_there()
            yield from self._images(run)
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
        yield "requests", self._requests()
        yield "pages", self._page(run)

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

    def _images(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield the files that are new or changed; then set what is missing and was asked for."""
        known = {row[0]: row[1:] for row in run.landed(KNOWN, str(self.folder))}
        paths: dict[int, Path] = {}
        new = []
        for path, found in files(self.folder):
            run.units_read += 1
            size, modified, photo_id, problem = known.get(as_text(path), (None,) * 4)
            if (size, modified) != (found.st_size, found.st_mtime_ns) or problem == UNREADABLE:
                new.append((path, found))
            elif photo_id is not None:
                paths.setdefault(photo_id, path)
        owners = dict(run.landed(OWNERS)) if new else {}
        for chunk in look(new):
            images = [_checked(image, owners) for image in chunk]
            steps(f"classification: read {i.path_text}: {_outcome(i)}" for i in images)
            for image in images:
                if image.photo_id is not None:
                    paths.setdefault(image.photo_id, image.path)
            still = {path for path, row in known.items() if row[3] == UNREADABLE}
            fresh = [i for i in images if i.problem != UNREADABLE or i.path_text not in still]
            self.images_read += len(fresh)
            yield "images", rows(TABLES["images"], map(self._image_row, fresh))
        self._plan(run, paths)

    def _plan(self, run: Run, paths: dict[int, Path]) -> None:
        late = {one.reply.photo_id for one in self.taken if one.reply.problem is None}
        labelled = {photo_id for (photo_id,) in run.landed(LABELLED)}
        self.exchange.answered = len(late & paths.keys() - labelled)
        labelled |= late
        missing = {number: path for number, path in paths.items() if number not in labelled}
        asked = {photo_id for (photo_id,) in run.landed(ASKED)} if missing else set()
        self.exchange.begin(missing, missing.keys() & asked)
        self.to_record = [number for number in missing if number not in asked]
        run.progress.expect(len(missing))

    def _image_row(self, image: Image) -> Sequence[object]:
        digest, number, problem = image.sha256, image.photo_id, image.problem
        found = (str(self.folder), image.path_text, image.size_bytes, image.modified_ns)
        return (*found, digest, number, problem, image.detail, image.read_at)

    def _replies(self, run: Run) -> pa.Table:
        taken = []
        for one in self.taken:
            self.replies_taken += 1
            where = (run.run_id, self.replies_taken, self.broker.address, self.broker.reply_queue)
            reply = one.reply
            said = (reply.photo_id, reply.label, reply.problem)
            body = (reply.size_bytes, reply.is_text, reply.body)
            taken.append((*where, *said, *body, one.received_at))
        return rows(TABLES["replies"], taken)

    def _requests(self) -> pa.Table:
        now = datetime.now(timezone.utc)
        to = (self.broker.address, self.broker.request_queue)
        return rows(TABLES["requests"], [(number, *to, now) for number in self.recording])

    def _page(self, run: Run) -> pa.Table:
        counts = (self.images_read, len(self.recording), len(self.taken))
        broker = self.broker
        queues = (broker.address, broker.request_queue, broker.reply_queue)
        row = (run.run_id, str(self.folder), *queues, *counts, datetime.now(timezone.utc))
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


def _checked(image: Image, owners: dict[int, str]) -> Image:
    """Give no photo_id twice: two contents may begin alike, once in some millions of millions."""
    if image.photo_id is None or image.sha256 is None:
        return image
    if owners.setdefault(image.photo_id, image.sha256) == image.sha256:
        return image
    return replace(image, photo_id=None, problem="photo_id taken")


def _outcome(image: Image) -> str:
    return image.problem or f"photo_id {image.photo_id}"
