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


def mark_is_there(connection: Any, mark: str) -> bool:
    """Whether a queue stands that `leave_mark` made: the broker was not restarted since then."""
    try:
        return exists(connection, mark)
    except AccessRefused:
        return True  # nothing can be told


def leave_mark(connection: Any, mark: str) -> None:
    """Make an empty queue that does not outlive the broker, as the reply queue does not.

    Nothing is made where the broker does not allow it.
    """
    channel = connection.channel()
    try:
        arguments = {"x-expires": MARK_EXPIRES}
        channel.queue_declare(mark, durable=False, auto_delete=False, arguments=arguments)
    except AccessRefused:
        return
    channel.close()
