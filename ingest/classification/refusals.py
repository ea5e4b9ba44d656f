"""What a broker's error means: one image refused, all refused, or only the connection lost."""

import re
from collections.abc import Mapping

from amqp.exceptions import AccessRefused, NotAllowed, NotFound, PreconditionFailed

from ingest.common.addresses import masked
from ingest.common.errors import IngestError, one_line

ALL = (AccessRefused, NotAllowed, NotFound, PreconditionFailed)
COMES_BACK = re.compile(r"is down|not yet|starting", re.IGNORECASE)  # of a broker that just starts
SIZES = re.compile(r"message size (\d+) .*?(\d+)")


class RefusedError(IngestError):
    """The broker answers, and will not do what is asked: to try again would be of no use."""


def told(error: Exception) -> str:
    """Return what a broker's library says, as one line without a password."""
    return masked(one_line(error))


def refusal(error: Exception, broker: str) -> RefusedError | None:
    """Return the error that ends the run where the broker refuses whatever we send, else None."""
    if not isinstance(error, ALL) or COMES_BACK.search(str(error)):
        return None
    return RefusedError(f"the broker {broker} refuses: {told(error)}")


def oversized(error: Exception, sent: Mapping[int, tuple[int, int]]) -> dict[int, str]:
    """Return those of the requests sent, photo_id and size by their tag, that are too large.

    The broker closes the channel at the first of them and names two sizes, that of the request
    and the largest that it takes; it does not name the request.
    """
    found = SIZES.search(str(error)) if isinstance(error, PreconditionFailed) else None
    if not found:
        return {}
    largest = min(map(int, found.groups()))
    reason = f"the broker takes at most {largest:,} bytes a request"
    return {photo_id: reason for photo_id, size in sent.values() if size > largest}
