"""Sends recorded requests and takes replies, a bounded number in flight, until all are answered.

    missing = not recorded yet + ready to be sent + in flight + asked before

*Asked before* are images whose request may or may not still be with the broker: sent by an earlier
run, or over a connection that broke. `asked.py` tells when they are asked again, so that nothing is
classified twice without need.
"""

import logging
import time
from pathlib import Path

from ingest.classification.asked import (
    NO_ANSWER,
    NOT_SENT,
    REFUSED,
    UNCONFIRMED,
    AskedBefore,
    Outcome,
)
from ingest.classification.broker import Broker
from ingest.classification.flight import Flight
from ingest.classification.protocol import Delivery
from ingest.classification.reaching import Reaching
from ingest.classification.refusals import RefusedError
from ingest.classification.sending import Sending, steps

log = logging.getLogger(__name__)

FULL_PAGE = 10_000  # replies; then they are landed and acknowledged
LONGEST_PAGE = 30.0  # seconds that replies wait to be landed
QUIET = 0.3  # seconds without a reply after which a queue counts as read to its end


class Exchange:
    """The talk with the classifier about the images in `missing`, a path by each photo_id.

    `timeout` is how many seconds to wait for the next answer before giving up, `attempts` how often
    an image is asked for at most.
    """

    def __init__(self, broker: Broker, timeout: float, in_flight: int, attempts: int) -> None:
        self.broker, self.timeout, self.attempts = broker, timeout, attempts
        self.missing: dict[int, Path] = {}
        self.asked = AskedBefore()
        self.again: list[int] = []  # to be recorded and sent once more
        self.flight = Flight(in_flight)
        self.outcomes: list[Outcome] = []  # to be landed
        self.given_up: dict[Path, str] = {}  # images of this run, with what is said of each
        self.answered = self.unusable = 0
        self.gave_up = False
        self.refusal: RefusedError | None = None  # why nothing more will be taken
        self._last_answer = self._left_at = time.monotonic()
        self.sending, self.reaching = Sending(broker, self.flight), Reaching(broker)

    def begin(self, missing: dict[int, Path], asked_before: set[int], unsure: set[int]) -> None:
        """Set what is to be answered, and start the clock of the timeout."""
        self.missing = missing
        self.asked.add(asked_before, unsure)
        if self.broker.made_replies or self.broker.may_be_anew:
            self.asked.doubt()
        self._last_answer = self._left_at = time.monotonic()

    def is_over(self) -> bool:
        """Whether every image is answered, none will be, or none had come for too long."""
        return not self.missing or self.gave_up or self.refusal is not None

    def beat(self) -> None:
        """Tell the broker that we are there, while something else takes its time."""
        try:
            self.broker.beat()
        except self.broker.lost as error:
            self._failed(error)

    def take_what_is_there(self) -> list[Delivery]:
        """Take replies until none comes for a moment, at most a page of them."""
        taken: list[Delivery] = []
        try:
            while len(taken) < FULL_PAGE and (some := self.broker.receive(QUIET)):
                taken += self._counted(some)
        except self.broker.lost as error:
            self._failed(error)
        return taken

    def talk(self, more_to_record: bool) -> list[Delivery]:
        """Send and take replies until a page of them is full or something is to be recorded."""
        # Landing takes its time, and nobody could answer meanwhile: the clock stood still.
        self._last_answer += time.monotonic() - self._left_at
        taken: list[Delivery] = []
        until = time.monotonic() + LONGEST_PAGE
        while not self.is_over() and len(taken) < FULL_PAGE:
            runs_dry = not self.sending.ready and len(self.flight) < self.flight.room() / 2
            if (taken and time.monotonic() > until) or (more_to_record and runs_dry):
                break
            try:
                self._send()
                taken += self._counted(self.broker.receive(QUIET))
                if self._ask_again():
                    break
            except self.broker.lost as error:
                self._failed(error)
            self._check_patience()
        if self.is_over() and not self.refusal:
            taken += self.take_what_is_there()
        if self.is_over():
            self._conclude()
            self.broker.look_for_others()
        self._left_at = time.monotonic()
        return taken

    def _conclude(self) -> None:
        """Say of what has no answer whether it was sent at all."""
        unsent = set(self.sending.ready)
        if self.refusal:
            unsent |= self.broker.confirms.unconfirmed
        doubtful = (self.broker.confirms.unconfirmed | self.asked.unsure) - unsent
        for numbers, outcome in ((unsent, NOT_SENT), (doubtful, UNCONFIRMED)):
            known = numbers & self.missing.keys()
            self.outcomes += [Outcome(number, outcome) for number in sorted(known)]
        self.sending.ready.clear()

    def _check_patience(self) -> None:
        self.gave_up = time.monotonic() - self._last_answer > self.timeout

    def _ask_again(self) -> bool:
        """Put what is gone into `again`, or give it up; return whether there was any."""
        quiet = time.monotonic() - self._last_answer > min(5.0, self.timeout / 3)
        if not (self.asked.numbers and quiet) or self.broker.is_blocked:
            return False
        gone = self.asked.gone(self.broker.waiting())
        for number in sorted(gone):
            if self.asked.times.get(number, 0) < self.attempts:
                self.again.append(number)
            else:
                self._give_up(number, NO_ANSWER, f"no answer after {self.attempts} requests")
        return bool(gone)

    def _give_up(self, number: int, outcome: str, reason: str) -> None:
        self.flight.take_out(number)
        self.asked.discard(number)
        if path := self.missing.pop(number, None):
            self.given_up[path] = reason
            self.outcomes.append(Outcome(number, outcome, reason))
            log.debug("classification: gave up %s: %s", number, reason)

    def _send(self) -> None:
        self.sending.send(self.missing)
        for number in self.sending.changed.keys() & self.missing.keys():
            del self.missing[number]
            self.outcomes.append(Outcome(number, NOT_SENT))

    def _counted(self, deliveries: list[Delivery]) -> list[Delivery]:
        foreign = self.broker.foreign
        deliveries = foreign.ours(deliveries)
        if foreign.is_full:
            self.refusal = foreign.refusal(self.broker.reply_queue)
        replies = [delivery.reply for delivery in deliveries]
        steps(
            f"classification: answered {reply.photo_id}: {reply.label or reply.problem}"
            for reply in replies
        )
        for reply in replies:
            if reply.photo_id is None:
                continue
            self.flight.land(reply.photo_id)
            self.asked.discard(reply.photo_id)
            if self.missing.pop(reply.photo_id, None):
                self._last_answer = time.monotonic()
                self.answered += reply.problem is None
                self.unusable += reply.problem is not None
                self.reaching.pause.worked()
                self.sending.pause.worked()
        return deliveries

    def _failed(self, error: Exception) -> None:
        """Set aside what was refused, end where all is; else connect again."""
        try:
            refused = self.broker.refused_by(error)
        except RefusedError as refusal:
            self.refusal = refusal
            return
        for number, reason in refused.items():
            self._give_up(number, REFUSED, reason)
        self.sending.put_back(self.broker.confirms.take_nacked())
        in_flight = set(self.flight.sizes)
        self.asked.add(in_flight, self.broker.confirms.unconfirmed)
        for number in in_flight:
            self.flight.take_out(number)
        try:
            if self.reaching.again(error, self._patience_ends, is_mended=bool(refused)):
                self.asked.doubt()
        except RefusedError as refusal:
            self.refusal = refusal

    def _patience_ends(self) -> bool:
        self._check_patience()
        return self.is_over()
