"""What was sent over a connection and is not confirmed yet, in the order in which it was sent."""

from itertools import takewhile
from typing import Any


class Confirms:
    """Requests of one connection that are not confirmed; `nacked` are those not taken."""

    def __init__(self) -> None:
        self.sent = 0
        self.open: dict[int, tuple[int, int]] = {}  # photo_id and size by delivery tag
        self.nacked: list[int] = []

    def listen(self, channel: Any) -> None:
        """Have a channel confirm what is sent over it."""
        channel.confirm_select()
        channel.events["basic_ack"].add(self._take_out)
        channel.events["basic_nack"].add(self._refuse)

    def add(self, photo_id: int, size: int) -> None:
        """Hear that a request of `size` bytes was sent."""
        self.sent += 1
        self.open[self.sent] = (photo_id, size)

    @property
    def unconfirmed(self) -> set[int]:
        """The photo_ids of what was sent and may or may not have arrived."""
        return {photo_id for photo_id, _ in self.open.values()}

    def take_nacked(self) -> list[int]:
        """Return the photo_ids, each once, of what the broker did not take."""
        nacked, self.nacked = self.nacked, []
        return nacked

    def drop_after(self, photo_id: int) -> None:
        """Hear that the broker closed the channel at this request: it took none that followed."""
        numbers = [number for number, _ in self.open.values()]
        first = numbers.index(photo_id)
        self.nacked += numbers[first + 1 :]
        self.open = dict(list(self.open.items())[:first])

    def _take_out(self, tag: int, multiple: bool) -> list[int]:
        """Forget a request, or all up to it; return their photo_ids."""
        if not multiple:
            return [self.open.pop(tag)[0]] if tag in self.open else []
        gone = list(takewhile(lambda sent: sent <= tag, self.open))  # they ascend
        return [self.open.pop(sent)[0] for sent in gone]

    def _refuse(self, tag: int, multiple: bool) -> None:
        self.nacked += self._take_out(tag, multiple)
