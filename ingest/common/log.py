"""Logging: every step to `logs/ingest.log`, and to the screen what a user wants to know."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ingest.common.addresses import masked
from ingest.common.paths import logs
from ingest.common.telling import News
from ingest.common.words import printable

LARGEST_LOG = 10 << 20  # bytes; four older files are kept
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


def file() -> Path:
    """Return the path of the log."""
    return logs() / "ingest.log"


def set_up() -> None:
    """Send the log of `ingest` to its file, and to standard error where that is no terminal."""
    logs().mkdir(parents=True, exist_ok=True)
    to_file = RotatingFileHandler(file(), maxBytes=LARGEST_LOG, backupCount=4)
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
