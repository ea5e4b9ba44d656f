"""Reaching a broker again that went away, with pauses that grow."""

import logging
import time
from collections.abc import Callable

from amqp.exceptions import ConnectionForced

from ingest.classification.broker import Broker
from ingest.classification.refusals import RefusedError, told
from ingest.common.errors import IngestError, chain_of

log = logging.getLogger(__name__)

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds


class Pause:
    """A pause that grows with each failure in a row."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def failed(self) -> float:
        """Hear of a failure; return how many seconds to wait."""
        self.seconds = min(max(SHORTEST_PAUSE, 2 * self.seconds), LONGEST_PAUSE)
        return self.seconds

    def worked(self) -> None:
        """Hear that all is well again."""
        self.seconds = 0.0


class Reaching:
    """Connects a broker again; `failure` says why it could not be reached, None where it was."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.pause = Pause()
        self.failure: IngestError | None = None

    def again(self, error: Exception, is_over: Callable[[], bool], *, is_mended: bool) -> bool:
        """Connect again until it works or `is_over`; return whether the broker was restarted.

        Without a pause where `is_mended` says that the error will not come again.
        Raises `RefusedError` where the broker will not have us.
        """
        if is_mended:
            self.pause.worked()
        else:
            log.info("classification: the broker is gone (%s); connecting again", told(error))
        restarted = isinstance(error, ConnectionForced)
        time.sleep(self.pause.seconds)  # none, unless it was lost before and nothing came since
        while not is_over():
            try:
                self.broker.open()
            except RefusedError:
                raise
            except IngestError as failure:
                log.debug("%s", failure)
                causes = chain_of(failure)
                restarted |= any(isinstance(one, ConnectionRefusedError) for one in causes)
                self.failure = failure
                time.sleep(self.pause.failed())
            else:
                self.failure = None
                self.pause.failed()
                return restarted or self.broker.made_replies
        return restarted
