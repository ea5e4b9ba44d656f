"""Requests in flight: as many as the classifier answers in time, by number and by bytes."""

import time

MOST_BYTES = 64 << 20
FIRST = 100  # requests, before the classifier's pace is known
FEWEST = 10
# RabbitMQ cuts a consumer off that holds a message for 30 minutes, and one without a prefetch limit
# holds all that is in flight. Half of that leaves room for a classifier that slows down.
SECONDS_AHEAD = 900.0


class Flight:
    """The requests that are with the broker or the classifier, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.sizes: dict[int, int] = {}
        self._bytes = 0
        self._answered = 0
        self._first_sent: float | None = None

    def __len__(self) -> int:
        return len(self.sizes)

    def add(self, number: int, size: int) -> None:
        """Hear that a request of `size` bytes was sent."""
        self._first_sent = self._first_sent or time.monotonic()
        self.sizes[number] = size
        self._bytes += size

    def take_out(self, number: int) -> bool:
        """Take a request out of flight; return whether it was in flight."""
        size = self.sizes.pop(number, None)
        self._bytes -= size or 0
        return size is not None

    def land(self, number: int) -> None:
        """Hear that a request was answered."""
        self._answered += self.take_out(number)

    def has_room(self) -> bool:
        """Whether another request may be sent."""
        return len(self.sizes) < self.room() and self._bytes < MOST_BYTES

    def room(self) -> float:
        """Return how many requests may be in flight at the classifier's pace so far."""
        if not (self._answered and self._first_sent):
            return min(FIRST, self.most)
        pace = self._answered / max(time.monotonic() - self._first_sent, 0.001)
        return min(max(FEWEST, pace * SECONDS_AHEAD), self.most)
