"""What was asked before and has no answer: when a request is known to be gone.

A request that the broker confirmed is in its queue or in the hands of a consumer, however slow; it
is gone once nothing waits and nobody listens. Of some nothing is known: those that were recorded
by a run that was killed, not confirmed, answered without a label, or with a broker that was
restarted or is a folder. These count as gone once nothing waits and no answer comes any more.
"""

from dataclasses import dataclass

NOT_SENT, UNCONFIRMED, REFUSED, NO_ANSWER = "not sent", "unconfirmed", "refused", "no answer"


@dataclass(frozen=True)
class Waiting:
    """What the broker says of the request queue: what no classifier has taken, and how many listen.

    `consumers` is None where the broker does not tell.
    """

    requests: int
    consumers: int | None


class AskedBefore:
    """Images asked before, `times` how often each was, since it was given up last."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()
        self.unsure: set[int] = set()
        self.times: dict[int, int] = {}

    def discard(self, number: int) -> None:
        """Forget an image."""
        self.numbers.discard(number)
        self.unsure.discard(number)

    def add(self, numbers: set[int], unsure: set[int]) -> None:
        """Add images; of the `unsure` ones nothing is known."""
        self.numbers |= numbers
        self.unsure |= numbers & unsure

    def doubt(self) -> None:
        """Hear that a broker was restarted: whoever held requests let go of them."""
        self.unsure |= self.numbers

    def gone(self, waiting: Waiting) -> set[int]:
        """Return, and forget, what is gone by what the broker says now that it is quiet."""
        if waiting.requests:
            return set()
        gone = set(self.unsure if waiting.consumers != 0 else self.numbers)
        self.numbers -= gone
        self.unsure -= gone
        return gone


@dataclass(frozen=True)
class Outcome:
    """What became of the last request for an image; `detail` says why, where there is a reason."""

    photo_id: int
    outcome: str
    detail: str | None = None
