"""Sends recorded requests and takes replies, a bounded number in flight, until all are answered.

    missing = not recorded yet + ready to be sent + in flight + asked before

*Asked before* are images whose request may or may not still be with the broker: sent by an earlier
run, or over a connection that broke. They are asked again only once the request queue is empty
and the replies have ceased, so that nothing is classified twice without need.
"""

import logging
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from ingest.classification.broker import Broker, Delivery
from ingest.classification.folder import read_again
from ingest.classification.protocol import request
from ingest.common.errors import IngestError
from ingest.common.paths import path_text

log = logging.getLogger(__name__)

MOST_IN_FLIGHT = 5_000  # requests; the classifier goes on while replies are landed
MOST_BYTES_IN_FLIGHT = 64 << 20
FULL_PAGE = 10_000  # replies; then they are landed and acknowledged
LONGEST_PAGE = 30.0  # seconds that replies wait to be landed
QUIET = 0.3  # seconds without a reply after which a queue counts as read to its end
SECONDS_BETWEEN_ATTEMPTS = 0.5  # to reach a broker that went away


class Exchange:
    """The talk with the classifier about the images in `missing`, a path by each photo_id.

    `timeout` is how many seconds to wait for the next answer before giving up.
    """

    def __init__(self, broker: Broker, timeout: float) -> None:
        self.broker, self.timeout = broker, timeout
        self.missing: dict[int, Path] = {}
        self.ready: deque[int] = deque()
        self.asked_before: set[int] = set()
        self.again: list[int] = []  # to be recorded and sent once more
        self.in_flight: dict[int, int] = {}
        self.bytes_in_flight = 0
        self.answered = self.unusable = 0
        self.changed: list[Path] = []
        self.gave_up = False
        self._last_answer = self._left_at = time.monotonic()

    def begin(self, missing: dict[int, Path], asked_before: set[int]) -> None:
        """Set what is to be answered, and start the clock of the timeout."""
        self.missing, self.asked_before = missing, asked_before
        self._last_answer = self._left_at = time.monotonic()

    def is_over(self) -> bool:
        """Whether every image is answered, or no answer had come for too long."""
        return not self.missing or self.gave_up

    def take_what_is_there(self) -> list[Delivery]:
        """Take replies until none comes for a moment, at most a page of them."""
        taken: list[Delivery] = []
        try:
            while len(taken) < FULL_PAGE and (some := self.broker.receive(QUIET)):
                taken += self._counted(some)
        except self.broker.lost as error:
            self._lost(error)
        return taken

    def talk(self, more_to_record: bool) -> list[Delivery]:
        """Send and take replies until a page of them is full or something is to be recorded."""
        # Landing takes its time, and nobody could answer meanwhile: the clock stood still.
        self._last_answer += time.monotonic() - self._left_at
        taken: list[Delivery] = []
        until = time.monotonic() + LONGEST_PAGE
        while not self.is_over() and len(taken) < FULL_PAGE:
            runs_dry = not self.ready and len(self.in_flight) < MOST_IN_FLIGHT / 2
            if (taken and time.monotonic() > until) or (more_to_record and runs_dry):
                break
            try:
                self._send()
                taken += self._counted(self.broker.receive(QUIET))
                if self._may_ask_again():
                    self.again, self.asked_before = list(self.asked_before), set()
                    break
            except self.broker.lost as error:
                self._lost(error)
            self._check_patience()
        if self.is_over():
            taken += self.take_what_is_there()
        self._left_at = time.monotonic()
        return taken

    def _check_patience(self) -> None:
        self.gave_up = time.monotonic() - self._last_answer > self.timeout

    def _may_ask_again(self) -> bool:
        """Whether what was asked before is surely not with the broker any more."""
        quiet = time.monotonic() - self._last_answer > min(5.0, self.timeout / 3)
        return bool(self.asked_before and quiet and not self.broker.requests_waiting())

    def _send(self) -> None:
        sent: list[str] = []
        try:
            while self.ready and self._has_room():
                if step := self._send_one(self.ready[0]):
                    sent.append(step)
                self.ready.popleft()
        finally:
            steps(sent)
        if self.broker.refused:
            refused, self.broker.refused = self.broker.refused, []
            self._put_back(refused)

    def _send_one(self, number: int) -> str | None:
        """Send a request; return the step to log, None where there is nothing to send any more."""
        path = self.missing.get(number)
        if path is None:
            return None
        content = read_again(path, number)
        if content is None:
            self.changed.append(path)
            del self.missing[number]
            return None
        body = request(content, number)
        self.broker.send(body, number)
        self.in_flight[number] = len(body)
        self.bytes_in_flight += len(body)
        return f"classification: sent {path_text(path)} as {number}"

    def _has_room(self) -> bool:
        few = len(self.in_flight) < MOST_IN_FLIGHT
        return few and self.bytes_in_flight < MOST_BYTES_IN_FLIGHT

    def _counted(self, deliveries: list[Delivery]) -> list[Delivery]:
        steps(
            f"classification: answered {reply.photo_id}: {reply.label or reply.problem}"
            for reply in (delivery.reply for delivery in deliveries)
        )
        for reply in (delivery.reply for delivery in deliveries):
            if reply.photo_id is None:
                continue
            self._take_out(reply.photo_id)
            self.asked_before.discard(reply.photo_id)
            if self.missing.pop(reply.photo_id, None):
                self._last_answer = time.monotonic()
                self.answered += reply.problem is None
                self.unusable += reply.problem is not None
        return deliveries

    def _put_back(self, numbers: list[int]) -> None:
        for number in numbers:
            if self._take_out(number):
                self.asked_before.add(number)

    def _take_out(self, number: int) -> int:
        """Take a request out of flight; return the size of its body, 0 if it was not in flight."""
        size = self.in_flight.pop(number, 0)
        self.bytes_in_flight -= size
        return size

    def _lost(self, error: Exception) -> None:
        """Connect again, for as long as an answer would be waited for."""
        log.info("classification: the broker is gone (%s); connecting again", error)
        self._put_back(list(self.in_flight))
        while not self.is_over():
            try:
                self.broker.open()
            except IngestError as refusal:
                log.debug("%s", refusal)
                time.sleep(SECONDS_BETWEEN_ATTEMPTS)
                self._check_patience()
            else:
                return


def steps(lines: Iterable[str]) -> None:
    """Log what was done with each of some images, a line each."""
    if text := "\n".join(lines):
        log.debug("%s", text)
