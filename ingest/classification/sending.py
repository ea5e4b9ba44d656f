"""Sends recorded requests, as many as there is room for and as fast as the broker takes them."""

import logging
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from ingest.classification.broker import Broker
from ingest.classification.flight import Flight
from ingest.classification.folder import read_again
from ingest.classification.protocol import request
from ingest.classification.reaching import Pause
from ingest.common.paths import path_text

log = logging.getLogger(__name__)

LOOK_AFTER = 1 << 18  # bytes sent, well below what a connection holds that the broker does not read


class Sending:
    """The requests in `ready`, recorded and not sent; `changed` files cannot be sent any more."""

    def __init__(self, broker: Broker, flight: Flight) -> None:
        self.broker, self.flight = broker, flight
        self.ready: deque[int] = deque()
        self.changed: dict[int, Path] = {}
        self.pause = Pause()
        self._not_before = 0.0

    def send(self, missing: dict[int, Path]) -> None:
        """Send what is ready, a path by each photo_id; what is not missing any more is dropped."""
        sent: list[str] = []
        unseen = 0
        try:
            while self.ready and self.flight.has_room() and self._may_send():
                number = self.ready[0]
                if path := missing.get(number):
                    unseen += self._send_one(number, path, sent)
                self.ready.popleft()
                if unseen > LOOK_AFTER:
                    self.broker.look()
                    unseen = 0
        finally:
            steps(sent)
        if nacked := self.broker.confirms.take_nacked():
            self._not_before = time.monotonic() + self.pause.failed()
            self.put_back(nacked)
            log.info("classification: the broker does not take more requests; trying again")

    def put_back(self, numbers: Iterable[int]) -> None:
        """Make ready what the broker said it did not take."""
        self.ready.extend(number for number in numbers if self.flight.take_out(number))

    def _may_send(self) -> bool:
        return not self.broker.is_blocked and time.monotonic() >= self._not_before

    def _send_one(self, number: int, path: Path, sent: list[str]) -> int:
        content = read_again(path, number)
        if content is None:
            self.changed[number] = path
            return 0
        body = request(content, number)
        self.broker.send(body, number)
        self.flight.add(number, len(body))
        sent.append(f"classification: sent {path_text(path)} as {number}")
        return len(body)


def steps(lines: Iterable[str]) -> None:
    """Log what was done with each of some images, a line each."""
    if text := "\n".join(lines):
        log.debug("%s", text)
