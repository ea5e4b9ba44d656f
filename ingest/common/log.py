"""Logging: every step to `logs/ingest.log`, and to the screen what a user wants to know."""

import logging
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ingest.common.addresses import masked
from ingest.common.paths import logs, shown
from ingest.common.telling import News, tell
from ingest.common.words import printable

LARGEST_LOG = 10 << 20  # bytes; four older files are kept
NOTHING = logging.makeLogRecord({})
FORMAT = "%(asctime)s %(process)d %(levelname)s %(message)s"


class EveryLine(logging.Formatter):
    """Begins every line of a message alike, so that a thousand steps cost one record.

    What it holds of foreign origin, a file's name say, gives no orders to a terminal, and no
    address in it shows a secret.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return all that is logged, a stack trace included, without orders to a terminal."""
        return printable(masked(super().format(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the message with its prefix before each of its lines."""
        text = super().formatMessage(record)
        prefix = text.removesuffix(record.message)
        return text.replace("\n", f"\n{prefix}") if prefix != text else text


class ToFile(RotatingFileHandler):
    """Writes to the log; where it cannot, its disk is full say, one line tells so, not each."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def shouldRollover(self, _record: logging.LogRecord) -> bool:
        """Tell by what is written so far: for a record's own length it would be formatted twice."""
        return bool(super().shouldRollover(NOTHING))

    def handleError(self, record: logging.LogRecord) -> None:
        """Hear that a record could not be written; what was to be done goes on without it."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        else:
            why = error.strerror or type(error).__name__
            tell(f"the log {shown(file())} cannot be written: {why}", ToFile, error=True)


def file() -> Path:
    """Return the path of the log."""
    return logs() / "ingest.log"


def set_up() -> None:
    """Send the log of `ingest` to its file, and to standard error where that is no terminal."""
    # Opened at the first record, so that what keeps it from being opened is told alike.
    to_file = ToFile(file(), maxBytes=LARGEST_LOG, backupCount=4, delay=True)
    to_file.setFormatter(EveryLine(FORMAT))
    logger = logging.getLogger("ingest")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(to_file)
    if not sys.stderr.isatty():
        to_stderr = logging.StreamHandler(sys.stderr)
        to_stderr.setLevel(logging.INFO)
        to_stderr.setFormatter(EveryLine("%(message)s"))
        to_stderr.addFilter(News())
        logger.addHandler(to_stderr)
