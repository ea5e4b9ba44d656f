"""What went wrong, told by its cause: the first error counts, not one of cleaning up after it."""

import logging
import re

import psycopg2

from ingest.common import log
from ingest.common.errors import IngestError, chain_of, one_line
from ingest.common.paths import home, shown
from ingest.common.words import printable
from ingest.warehouse import connect, embedded

logger = logging.getLogger(__name__)

ADBC = "adbc_driver_manager"
CLIENTS = {"psycopg2", ADBC}
LOST = (
    *("closed the connection", "connection already closed", "connection has been closed"),
    *("terminating connection", "the database system is", "reset by peer", "broken pipe"),
    *("no connection to the server", "could not receive data", "refused", "server login"),
)
RAISED = re.compile(r"^[\w.]+: .+", re.MULTILINE)
FULL = "no space left on device"


def is_lost(error: BaseException) -> bool:
    """Whether the error comes of a server that went away."""
    return any(
        (type(one).__module__.split(".")[0] in CLIENTS or f"{ADBC}." in str(one))
        and any(words in str(one).lower() for words in LOST)
        for one in chain_of(error)
    )


def told(error: BaseException) -> str:
    """Return the one line that tells a user of an error; of an unforeseen one, the log has more."""
    chain = list(chain_of(error))
    for one in chain:
        if isinstance(one, IngestError):
            return one_line(one)
    if full := [one for one in chain if FULL in str(one).lower()]:
        return f"a disk is full, make room on it: {_line(full[-1])}"
    if is_lost(error):
        return f"the connection to the warehouse was lost{_why()}: {_line(chain[-1])}"
    if isinstance(chain[-1], OSError) and chain[-1].filename and chain[-1].strerror:
        return f"{printable(str(chain[-1].filename))}: {chain[-1].strerror}"
    if any(isinstance(one, (OSError, psycopg2.OperationalError)) for one in chain):
        return _line(chain[-1])
    logger.debug("unforeseen", exc_info=error)
    return f"{_line(chain[-1])} (unforeseen; the whole story is in {log.file()})"


def _line(error: BaseException) -> str:
    """Return an error's text; of one that holds the stack trace of a job, what was raised first."""
    if "Traceback (most recent call last)" in str(error):
        raised = RAISED.search(str(error))
        return one_line(IngestError(raised[0])) if raised else type(error).__name__
    return one_line(error)


def _why() -> str:
    """Ask the log of the embedded server why it went away."""
    if connect.is_embedded() and FULL in "".join(embedded.log_end()).lower():
        return f", the disk of {shown(home())} is full; make room and run it again"
    return ""
