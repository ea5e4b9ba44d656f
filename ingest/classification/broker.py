"""The broker as the platform uses it: declare, send, receive, acknowledge.

    send -> request queue (durable, made where it is missing) -> classifier
    receive <- reply queue (not durable, no arguments: as the classifier declares it)

One code path over kombu: RabbitMQ for `amqp://`, a folder for `filesystem://`. Whatever goes wrong
on the way raises one of `lost`; `open` then connects afresh.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import takewhile
from typing import Any

from amqp.exceptions import ChannelError, NotFound, PreconditionFailed
from kombu import Connection

from ingest.classification import batching, embedded
from ingest.classification.protocol import Reply, read_reply
from ingest.common.errors import IngestError

log = logging.getLogger(__name__)

MOST_UNACKNOWLEDGED = 10_000  # replies that the broker hands out before it waits for us
MOST_AT_ONCE = 200  # replies taken before the sender gets its turn
PERSISTENT = 2
SCHEMES = ("amqp://", "amqps://", embedded.SCHEME)


@dataclass(frozen=True)
class Delivery:
    """A reply that the broker handed out over its `session`-th connection."""

    reply: Reply
    received_at: datetime
    session: int
    tag: Any


class Broker:
    """A connection to `url` with its two queues; call `open` first, `close` last."""

    def __init__(self, url: str, request_queue: str, reply_queue: str) -> None:
        if not url.startswith(SCHEMES):
            raise IngestError(f"--broker: an address begins with {' or '.join(SCHEMES)}: {url!r}")
        if url.startswith(embedded.SCHEME) and not url.startswith(f"{embedded.SCHEME}/"):
            raise IngestError(f"--broker: a folder is filesystem:///FOLDER, three slashes: {url!r}")
        self.request_queue, self.reply_queue = request_queue, reply_queue
        self._url = url
        self._connection = connect(url)
        # An address without its password, to be shown and landed.
        self.address = url if url.startswith(embedded.SCHEME) else Connection(url).as_uri()
        self.lost = (*self._connection.connection_errors, *self._connection.channel_errors)
        self.session = 0
        self.refused: list[int] = []  # photo_ids that the broker said it did not take
        self._received: list[Delivery] = []
        self._unconfirmed: dict[int, int] = {}
        self._sent = 0

    def open(self) -> None:
        """Connect, declare both queues, begin to consume; an open connection is closed first.

        Raises `IngestError` where the broker cannot be reached or has the reply queue otherwise.
        """
        self.close()
        self._connection = connect(self._url)
        try:
            self._connection.connect()
            self._declare_requests()
            self._channel = channel = self._connection.channel()
            self._declare_replies(channel)
            channel.basic_qos(0, MOST_UNACKNOWLEDGED, False)
            self._expect_confirms(channel)
            channel.basic_consume(
                queue=self.reply_queue, no_ack=False, callback=self._keep, consumer_tag="replies"
            )
        except self.lost as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise IngestError(f"the broker {self.address} cannot be used: {reason}") from error
        self.session += 1

    def close(self) -> None:
        """Close the connection, if it is open; what is not acknowledged stays with the broker."""
        try:
            self._connection.close()
        except self.lost as error:
            log.debug("classification: closing the connection: %s", error)

    def send(self, body: bytes, photo_id: int) -> None:
        """Hand a request over; the broker confirms it later, or it appears in `refused`."""
        message = self._channel.prepare_message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            properties={"delivery_mode": PERSISTENT},
        )
        self._channel.basic_publish(
            message, exchange="", routing_key=self.request_queue, mandatory=True
        )
        self._sent += 1
        if self._confirms:
            self._unconfirmed[self._sent] = photo_id

    def receive(self, seconds: float) -> list[Delivery]:
        """Return the replies that are there, waiting at most `seconds` for the first of them."""
        try:
            while len(self._received) < MOST_AT_ONCE:
                self._connection.drain_events(timeout=0 if self._received else seconds)
        except (TimeoutError, BlockingIOError):
            pass
        received, self._received = self._received, []
        return received

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker to forget these; those of a lost connection it has back already."""
        tags = [delivery.tag for delivery in deliveries if delivery.session == self.session]
        if tags and self._confirms:  # real AMQP: one frame for all up to the last
            self._channel.basic_ack(tags[-1], multiple=True)
        elif tags:
            for tag in tags:
                self._channel.basic_ack(tag)

    def requests_waiting(self) -> int:
        """Return the number of requests that no classifier has taken yet."""
        return int(self._channel.queue_declare(self.request_queue, passive=True).message_count)

    def _declare_requests(self) -> None:
        """Use the queue as it is where it exists, whoever made it; the classifier only reads it."""
        channel = self._connection.channel()
        try:
            channel.queue_declare(self.request_queue, passive=True)
        except NotFound:
            channel = self._connection.channel()
            channel.queue_declare(self.request_queue, durable=True, auto_delete=False)
        channel.close()

    def _declare_replies(self, channel: Any) -> None:
        try:
            channel.queue_declare(self.reply_queue, durable=False, auto_delete=False)
        except PreconditionFailed as error:
            raise IngestError(
                f"the queue {self.reply_queue} exists with other properties than the classifier "
                "gives it (not durable, no arguments): delete it, or name another one"
            ) from error

    def _expect_confirms(self, channel: Any) -> None:
        self._sent, self._unconfirmed = 0, {}
        self._confirms = hasattr(channel, "confirm_select")
        if self._confirms:
            channel.auto_decode = False
            channel.confirm_select()
            channel.events["basic_ack"].add(self._confirm)
            channel.events["basic_nack"].add(self._refuse)
            channel.events["basic_return"].add(_returned)

    def _confirm(self, tag: int, multiple: bool) -> list[int]:
        """Forget a message, or all up to it; return their photo_ids."""
        if not multiple:
            return [self._unconfirmed.pop(tag)] if tag in self._unconfirmed else []
        gone = []
        for sent in list(takewhile(lambda sent: sent <= tag, self._unconfirmed)):  # they ascend
            gone.append(self._unconfirmed.pop(sent))
        return gone

    def _refuse(self, tag: int, multiple: bool) -> None:
        self.refused += self._confirm(tag, multiple)

    def _keep(self, message: Any) -> None:
        body = message.body
        body = body.encode() if isinstance(body, str) else bytes(body)
        now = datetime.now(timezone.utc)
        self._received.append(Delivery(read_reply(body), now, self.session, message.delivery_tag))


def connect(url: str) -> Connection:
    """Return a connection, not yet open, to a broker of either kind."""
    if url.startswith(embedded.SCHEME):
        return embedded.connection(url)
    batched = batching.Transport if url.startswith("amqp://") else None
    return Connection(url, transport=batched, connect_timeout=10)


def _returned(*_: object) -> None:
    raise ChannelError("the request queue is gone")
