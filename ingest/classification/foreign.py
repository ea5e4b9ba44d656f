"""Replies that cannot be ours, since this warehouse never asked for them: held, then given back.

A reply that is rejected with requeue comes back at once to whoever asks alone, again and again. So
it is held unacknowledged instead, and goes back to its place in the queue when the connection
closes; while somebody else reads the queue too, every few seconds, since it may be theirs.
"""

import time
from collections.abc import Sequence
from typing import Any

from ingest.classification import queues
from ingest.classification.protocol import Delivery
from ingest.classification.refusals import RefusedError

MOST_HELD = 10_000  # replies; the broker hands out as many more as a page takes
SECONDS_TO_OTHERS = 5.0
# RabbitMQ closes a channel that holds a delivery for 30 minutes.
SECONDS_ALONE = 600.0


class Foreign:
    """The replies that are held on a channel; `seen` are the images that any of them named.

    `known` are the images that were ever asked for, None where every reply is to be taken.
    """

    def __init__(self) -> None:
        self.known: set[int] | None = None
        self.seen: set[int] = set()
        self.others = 0  # consumers of the queue beside us
        self.start()

    def start(self) -> None:
        """Hear of a new connection: what was held is in the queue again."""
        self.tags: list[Any] = []
        self._held_since = self._looked_at = time.monotonic()

    @property
    def is_full(self) -> bool:
        """Whether as many are held as may be, and nobody is there to give them to."""
        return len(self.tags) >= MOST_HELD and not self.others

    def refusal(self, queue: str) -> RefusedError:
        """Return the error that ends a run to which nothing else is handed out any more."""
        return RefusedError(
            f"{len(self.tags):,} replies in {queue} are for images that were never asked for here, "
            "and keep back those behind them: name another queue, or --take-foreign"
        )

    def ours(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Return the replies that may be ours, and hold the others.

        One that names no image is as much ours as anybody's, so it is taken.
        """
        known = self.known
        if known is None:
            return deliveries
        mine = [one.reply.photo_id is None or one.reply.photo_id in known for one in deliveries]
        self._hold([one for one, is_mine in zip(deliveries, mine, strict=True) if not is_mine])
        return [one for one, is_mine in zip(deliveries, mine, strict=True) if is_mine]

    def _hold(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries and not self.tags:
            self._held_since = self._looked_at = time.monotonic()
        self.tags += [delivery.tag for delivery in deliveries]
        self.seen |= {delivery.reply.photo_id or 0 for delivery in deliveries}

    def apart(self, tags: list[Any]) -> tuple[list[Any], list[Any]]:
        """Split tags, ascending, into those before any that is held, and the others."""
        first = self.tags[0] if self.tags else None
        before = [tag for tag in tags if first is None or tag < first]
        return before, tags[len(before) :]

    def give_back(self, channel: Any, queue: str) -> None:
        """Put what is held back into the queue where that is due."""
        now = time.monotonic()
        if not self.tags or now - self._looked_at < SECONDS_TO_OTHERS:
            return
        self._looked_at = now
        self.others = queues.consumers(channel, queue) - 1
        if self.others > 0 or now - self._held_since > SECONDS_ALONE:
            tags, self.tags = self.tags, []
            for tag in tags:
                channel.basic_reject(tag, requeue=True)
