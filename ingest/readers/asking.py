"""Questions to the marts over one connection of its own, whose answers travel as binary.

A connection that is lost is made anew, and so it is in a forked child, which may not use that of
its parent.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ingest.common.errors import IngestError, one_line
from ingest.warehouse import connect

if TYPE_CHECKING:
    import pyarrow as pa

_of_parents: list[object] = []
"""Connections of a process that this one was forked from: to close them would end theirs."""


class Asking:
    """Who asks as analyst; `refusal` words what the server says to a query it does not take."""

    def __init__(self, refusal: Callable[[str], str]) -> None:
        self._refusal = refusal
        self._connection: Any = None
        self._cursor: Any = None
        self._ahead: ThreadPoolExecutor | None = None
        self._process = 0

    def close(self) -> None:
        """Let go of the connection, unless it is a parent process's."""
        if self._process == os.getpid():
            if self._ahead is not None:
                self._ahead.shutdown()
            self._cursor.close()
            self._connection.close()
        self._process = 0

    def open(self) -> None:
        """Connect, unless this very process is connected; raises `IngestError`."""
        if self._process == os.getpid():
            return
        from adbc_driver_postgresql import dbapi  # here, since it takes its time to import

        if self._connection is not None:
            _of_parents.extend((self._connection, self._cursor, self._ahead))
        try:
            # Each query a transaction of its own: none stays open while the caller is at work.
            self._connection = dbapi.connect(connect.url("analyst"), autocommit=True)
        except dbapi.Error as error:
            raise IngestError(f"the warehouse cannot be reached: {one_line(error)}") from error
        self._cursor, self._ahead = self._connection.cursor(), None
        self._process = os.getpid()

    def ask(self, query: str) -> "list[pa.ChunkedArray]":
        """Return the columns of the answer.

        Asks once more over a connection of its own where the server went away meanwhile. Raises
        `IngestError`.
        """
        from adbc_driver_postgresql import dbapi

        self.open()
        try:
            return self._told(query)
        except dbapi.ProgrammingError as error:
            raise IngestError(self._refusal(one_line(error))) from error
        except dbapi.Error:
            connect.connect("analyst", patient=True).close()
            ahead, self._connection, self._process = self._ahead, None, 0
            self.open()
            self._ahead = ahead
        try:
            return self._told(query)
        except dbapi.Error as error:
            raise IngestError(self._refusal(one_line(error))) from error

    def ahead(self, query: str) -> "Callable[[], list[pa.ChunkedArray]]":
        """Let Postgres answer while the caller does something else; return what waits for it."""
        self.open()
        if self._ahead is None:
            self._ahead = ThreadPoolExecutor(1, "read ahead")
        answer: Future[list[pa.ChunkedArray]] = self._ahead.submit(self.ask, query)

        def wait() -> "list[pa.ChunkedArray]":
            if self._process != os.getpid():  # the answer is on its way to the parent
                return self.ask(query)
            return answer.result()

        return wait

    def _told(self, query: str) -> "list[pa.ChunkedArray]":
        self._cursor.execute(query)
        columns: list[pa.ChunkedArray] = self._cursor.fetch_arrow_table().columns
        return columns
