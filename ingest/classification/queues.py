"""The two queues: looked for, and made where they are missing, as the classifier has them."""

from typing import Any

from amqp.exceptions import AccessRefused, NotFound, PreconditionFailed

from ingest.classification.refusals import RefusedError

# Milliseconds that a mark outlives the last run: what nobody looks at any more goes away.
MARK_EXPIRES = 30 * 24 * 3600 * 1000


def exists(connection: Any, queue: str) -> bool:
    """Whether a queue is there, however it was declared."""
    channel = connection.channel()
    try:
        channel.queue_declare(queue, passive=True)
    except NotFound:
        return False
    channel.close()
    return True


def declare_requests(connection: Any, queue: str) -> None:
    """Use the queue as it is where it exists, whoever made it; the classifier only reads it."""
    if not exists(connection, queue):
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, auto_delete=False)
        channel.close()


def declare_replies(channel: Any, queue: str) -> int:
    """Declare the queue as the classifier does; return how many consumers it has.

    Raises `RefusedError` where it exists with other properties.
    """
    try:
        found = channel.queue_declare(queue, durable=False, auto_delete=False)
    except PreconditionFailed as error:
        raise RefusedError(
            f"the queue {queue} exists with other properties than the classifier "
            "gives it (not durable, no arguments): delete it, or name another one"
        ) from error
    return int(found.consumer_count)


def consumers(channel: Any, queue: str) -> int:
    """Return how many consumers a queue has that is there."""
    return int(channel.queue_declare(queue, passive=True).consumer_count)


def mark_is_missing(connection: Any, mark: str) -> bool:
    """Whether no queue stands that `leave_mark` could have made: the broker was restarted since."""
    if exists(connection, mark):
        return False
    channel = connection.channel()
    try:
        channel.queue_declare(mark, exclusive=True)
    except AccessRefused:
        return False  # nor could it be made, so nothing can be told
    channel.queue_delete(mark)
    channel.close()
    return True


def leave_mark(connection: Any, mark: str) -> None:
    """Make an empty queue that does not outlive the broker, as the reply queue does not."""
    arguments = {"x-expires": MARK_EXPIRES}
    connection.channel().queue_declare(mark, durable=False, auto_delete=False, arguments=arguments)
