"""The broker as the platform uses it: declare, send, receive, acknowledge.

    send -> request queue (durable, made where it is missing) -> classifier
    receive <- reply queue (not durable, no arguments: as the classifier declares it)

One code path over kombu: RabbitMQ for `amqp://`, a folder for `filesystem://`. Whatever goes wrong
on the way raises one of `lost`; `refused_by` tells what was refused, and `open` connects afresh.
Every wait for the broker ends: after `PEER_SECONDS`, if no limit is given.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from amqp.exceptions import ChannelError

from ingest.classification import queues
from ingest.classification.address import Address, connect
from ingest.classification.asked import Waiting
from ingest.classification.confirms import Confirms
from ingest.classification.foreign import MOST_HELD, Foreign
from ingest.classification.protocol import Delivery, read_reply
from ingest.classification.refusals import oversized, refusal, told
from ingest.common.errors import IngestError

log = logging.getLogger(__name__)

# Replies that the broker hands out before it waits for us: a page to be landed, and what is held.
MOST_UNACKNOWLEDGED = 10_000 + MOST_HELD
MOST_AT_ONCE = 200  # replies taken before the sender gets its turn
PERSISTENT = 2


class Broker:
    """A connection to `address` with its two queues; call `open` first, `close` last."""

    def __init__(self, address: Address, request_queue: str, reply_queue: str) -> None:
        self.request_queue, self.reply_queue = request_queue, reply_queue
        self.shown = address.shown  # without its password: to be told and landed
        self._address = address
        self._connection = connect(address)
        self.lost = (*self._connection.connection_errors, *self._connection.channel_errors)
        self.session = 0
        self.is_blocked = False
        self.made_replies = False  # whether the reply queue was not there when it was opened last
        self.mark = ""  # a queue that shows to later runs whether the broker was restarted
        self.may_be_anew = False  # whether it was not there when the run began
        self._received: list[Delivery] = []
        self._is_amqp = not address.is_folder
        self.confirms = Confirms()
        self.foreign = Foreign()

    def open(self) -> None:
        """Connect, declare both queues, begin to consume; an open connection is closed first.

        Raises `IngestError` where the broker cannot be reached, `RefusedError` where it answers
        and will not have us.
        """
        self.close()
        self._connection = connect(self._address)
        self._received, self.is_blocked = [], False
        self.foreign.start()
        try:
            self._connection.connect()
            queues.declare_requests(self._connection, self.request_queue)
            self.made_replies = not queues.exists(self._connection, self.reply_queue)
            self._channel = channel = self._connection.channel()
            consumers = queues.declare_replies(channel, self.reply_queue)
            if not self.session:  # later on, one of them may be what is left of our own connection
                self.foreign.others = consumers
                if self._is_amqp:
                    self.may_be_anew = queues.mark_is_missing(self._connection, self.mark)
            channel.basic_qos(0, MOST_UNACKNOWLEDGED, False)
            self._expect_confirms(channel)
            channel.basic_consume(
                queue=self.reply_queue, no_ack=False, callback=self._keep, consumer_tag="replies"
            )
        except self.lost as error:
            if refused := refusal(error, self.shown):
                raise refused from error
            raise IngestError(f"the broker {self.shown} cannot be used: {told(error)}") from error
        self.session += 1

    def close(self) -> None:
        """Close the connection, if it is open; what is not acknowledged stays with the broker."""
        try:
            self._connection.close()
        except self.lost as error:
            log.debug("classification: closing the connection: %s", error)

    def refused_by(self, error: Exception) -> dict[int, str]:
        """Return the images whose requests the broker refused by this error, each with its reason.

        Without one the connection was lost. Raises `RefusedError` where nothing would be taken.
        """
        if refused := oversized(error, self.confirms.open):
            self.confirms.drop_after(next(iter(refused)))
            return refused
        if all_refused := refusal(error, self.shown):
            raise all_refused from error
        return {}

    def send(self, body: bytes, photo_id: int) -> None:
        """Hand a request over; the broker confirms it later, or it appears in `nacked`."""
        message = self._channel.prepare_message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            properties={"delivery_mode": PERSISTENT},
        )
        self._channel.basic_publish(
            message, exchange="", routing_key=self.request_queue, mandatory=True
        )
        if self._is_amqp:
            self.confirms.add(photo_id, len(body))

    def look(self) -> None:
        """Take what has come without waiting: replies, confirms, and whether we are blocked."""
        try:
            while self._is_amqp and len(self._received) < MOST_AT_ONCE:
                self._connection.drain_events(timeout=0)
        except (TimeoutError, BlockingIOError):
            pass

    def beat(self) -> None:
        """Tell the broker that we are there; raises one of `lost` where it is not."""
        if self._is_amqp:
            self._connection.heartbeat_check()

    def receive(self, seconds: float) -> list[Delivery]:
        """Return the replies that are there, waiting at most `seconds` for the first of them."""
        self.beat()
        if self._is_amqp:
            self.foreign.give_back(self._channel, self.reply_queue)
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
        together, singly = self.foreign.apart(tags) if self._is_amqp else ([], tags)
        if together:  # one frame for all up to the last
            self._channel.basic_ack(together[-1], multiple=True)
        for tag in singly:
            self._channel.basic_ack(tag)

    def look_for_others(self) -> None:
        """Count the other readers of the reply queue, once nothing more is awaited."""
        if not self._is_amqp or self.session > 1:  # a reader may be what is left of our own
            return
        with suppress(*self.lost):
            consumers = queues.consumers(self._channel, self.reply_queue)
            self.foreign.others = max(self.foreign.others, consumers - 1)

    def leave_mark(self) -> None:
        """Let later runs see whether the broker was restarted since all is landed."""
        if self._is_amqp:
            with suppress(*self.lost):
                queues.leave_mark(self._connection, self.mark)

    def waiting(self) -> Waiting:
        """Return what the broker says of the request queue."""
        found = self._channel.queue_declare(self.request_queue, passive=True)
        consumers = int(found.consumer_count) if self._is_amqp else None
        return Waiting(int(found.message_count), consumers)

    def _expect_confirms(self, channel: Any) -> None:
        self.confirms = Confirms()
        if self._is_amqp:
            channel.auto_decode = False
            self.confirms.listen(channel)
            channel.events["basic_return"].add(_returned)
            connection = self._connection.connection
            connection.on_blocked, connection.on_unblocked = self._blocked, self._unblocked

    def _blocked(self, _reason: str) -> None:
        self.is_blocked = True
        log.info("classification: the broker takes nothing: out of memory or disk; waiting")

    def _unblocked(self) -> None:
        self.is_blocked = False
        log.info("classification: the broker takes requests again")

    def _keep(self, message: Any) -> None:
        body = message.body
        body = body.encode() if isinstance(body, str) else bytes(body)
        now = datetime.now(timezone.utc)
        self._received.append(Delivery(read_reply(body), now, self.session, message.delivery_tag))


def _returned(*_: object) -> None:
    raise ChannelError("the request queue is gone")
