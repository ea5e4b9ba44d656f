"""What went wrong, told by its cause: the first error counts, not one of cleaning up after it."""

import logging

import psycopg2

from ingest.common import log
from ingest.common.errors import IngestError, chain_of, one_line, printable
from ingest.common.paths import home, shown
from ingest.warehouse import connect, embedded

logger = logging.getLogger(__name__)

CLIENTS = {"psycopg2", "adbc_driver_manager"}
LOST = (
    *("closed the connection", "connection already closed", "connection has been closed"),
    *("terminating connection", "the database system is", "reset by peer", "broken pipe"),
    *("no connection to the server", "could not receive data", "refused", "server login"),
)
FULL = "no space left on device"


def is_lost(error: BaseException) -> bool:
    """Whether the error comes of a server that went away."""
    return any(
        type(one).__module__.split(".")[0] in CLIENTS
        and any(words in str(one).lower() for words in LOST)
        for one in chain_of(error)
    )


def told(error: BaseException) -> str:
    """Return the one line that tells a user of an error; of an unforeseen one, the log has more."""
    chain = list(chain_of(error))
    for one in chain:
        if isinstance(one, IngestError):
            return one_line(one)
    full = next((one for one in chain if FULL in str(one).lower()), None)
    if full is not None:
        return f"a disk is full, make room and run it again: {one_line(full)}"
    if is_lost(error):
        return f"the connection to the warehouse was lost{_why()}: {one_line(chain[-1])}"
    if isinstance(chain[-1], OSError) and chain[-1].filename and chain[-1].strerror:
        return f"{printable(str(chain[-1].filename))}: {chain[-1].strerror}"
    if any(isinstance(one, (OSError, psycopg2.OperationalError)) for one in chain):
        return one_line(chain[-1])
    logger.debug("unforeseen", exc_info=error)
    return f"{one_line(chain[-1])} (unforeseen; the whole story is in {log.file()})"


def _why() -> str:
    """Ask the log of the embedded server why it went away."""
    if connect.is_embedded() and FULL in "".join(embedded.log_end()).lower():
        return f", the disk of {shown(home())} is full; make room and run it again"
    return ""
