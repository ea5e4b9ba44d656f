"""Lines for the user, each told once while nothing changes: rounds say what is new.

That they ran, the ledger says: it has a row for each run.
"""

import logging
import sys

from ingest.common.addresses import masked
from ingest.common.words import printable

_last: dict[object, str] = {}


def tell(line: str, about: object, *, error: bool = False) -> None:
    """Print a line, on standard error if `error`, unless it is the last one about the same thing.

    Text of foreign origin in it gives no orders to a terminal, and no address shows a secret.
    """
    if _is_news(about, line):
        print(printable(masked(line)), file=sys.stderr if error else sys.stdout, flush=True)


class News(logging.Filter):
    """Passes a record on unless its place in the code said the same last, of the same thing."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is news; what it is about is the first thing it names."""
        named = record.args[:1] if isinstance(record.args, tuple) else ()
        return _is_news((record.pathname, record.lineno, str(named)), record.getMessage())


def _is_news(about: object, line: str) -> bool:
    is_news = _last.get(about) != line
    _last[about] = line
    return is_news
