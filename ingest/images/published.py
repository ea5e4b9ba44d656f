"""The published images, over one connection of its own, whose bytes travel as binary.

A connection that is lost is made anew, and so it is in a forked child, which may not use that of
its parent.
"""

import os
import sys
from array import array
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

from ingest.common.errors import IngestError, one_line
from ingest.images.chunks import CHUNK_BYTES, image_of, query_for, rows_of, within_limit
from ingest.images.ids import EXTENT, STRETCHES, Ids
from ingest.images.structure import ImageStructure
from ingest.warehouse import connect

if TYPE_CHECKING:
    import pyarrow as pa

FIRST_CHUNK = 16
LARGEST_CHUNK = 1_024  # images a query
NONE_YET = "no images are published yet: run `ingest images`, then `dbt build`"
NONE_SUCH = "no published image fulfils what is asked for"
_of_parents: list[object] = []
"""Connections of a process that this one was forked from: to close them would end theirs."""


class Published:
    """What is published and fulfils a condition in SQL; use it as a context manager."""

    def __init__(self, condition: str = "") -> None:
        self._condition = condition
        self._connection: Any = None
        self._cursor: Any = None
        self._ahead: ThreadPoolExecutor | None = None
        self._process = 0
        self.ids: Ids = Ids([])

    def __enter__(self) -> "Published":
        self._open()
        try:
            self.ids = self.published_ids()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process == os.getpid():
            if self._ahead is not None:
                self._ahead.shutdown()
            self._cursor.close()
            self._connection.close()
        self._process = 0

    def published_ids(self) -> Ids:
        """Return the ids that are published now; raises `IngestError` where there are none."""
        if self._condition:
            query = f"select image_id from marts.images where {self._condition} order by 1"  # noqa: S608
            (column,) = self._ask(query)
            ids = array("q", [number for chunk in column.chunks for number in chunk.to_pylist()])
            if not ids:
                raise IngestError(NONE_SUCH)
            return Ids.of(ids)
        ((first, last, count),) = rows_of(self._ask(EXTENT))
        if not count:
            raise IngestError(NONE_YET)
        if last - first + 1 == count:
            return Ids([(first, count)])
        return Ids(rows_of(self._ask(STRETCHES)))

    def one(self, image_id: int) -> ImageStructure:
        """Return the image of a number; raises `KeyError` where it is not among them."""
        query = query_for([int(image_id)])
        rows = rows_of(self._ask(f"{query} where {self._condition}" if self._condition else query))
        if not rows:
            raise KeyError(image_id)
        return image_of(rows[0])

    def read(self, ids: Iterator[int], limit: int | None) -> Iterator[ImageStructure]:
        """Yield the images of `ids`, in this order; a query for some hundred of them at a time.

        Postgres looks for the next ones while the caller has these. An id that is published no
        more is passed over: the others stay as likely as they were among themselves.
        """
        size, seen, seen_bytes = FIRST_CHUNK, 0, 0
        left = sys.maxsize if limit is None else limit
        chunk = list(islice(ids, min(size, left)))
        answer = self._ask_ahead(chunk)
        while chunk:
            rows = {row[0]: row for row in rows_of(self._answer(answer, chunk))}
            images, later = within_limit(chunk, rows)
            left -= len(images)
            if rows:
                seen += len(rows)
                seen_bytes += sum(row[-1] for row in rows.values())
                size = min(LARGEST_CHUNK, 2 * size, CHUNK_BYTES * seen // seen_bytes + 1)
            else:
                self.ids = self.published_ids()
            chunk = [*later, *islice(ids, max(0, min(size, left) - len(later)))]
            if chunk:
                answer = self._ask_ahead(chunk)
            yield from images

    def _ask_ahead(self, chunk: list[int]) -> "Future[list[pa.ChunkedArray]]":
        self._open()
        if self._ahead is None:
            self._ahead = ThreadPoolExecutor(1, "read ahead")
        return self._ahead.submit(self._ask, query_for(chunk))

    def _answer(
        self, answer: "Future[list[pa.ChunkedArray]]", chunk: list[int]
    ) -> "list[pa.ChunkedArray]":
        if self._process != os.getpid():  # the answer is on its way to the parent
            return self._ask(query_for(chunk))
        return answer.result()

    def _open(self) -> None:
        """Connect, unless this very process is connected."""
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

    def _ask(self, query: str) -> "list[pa.ChunkedArray]":
        """Ask; once more over a connection of its own where the server went away meanwhile."""
        from adbc_driver_postgresql import dbapi

        self._open()
        try:
            return self._told(query)
        except dbapi.ProgrammingError as error:
            raise IngestError(_refusal(error)) from error
        except dbapi.Error:
            connect.connect("analyst", patient=True).close()
            ahead, self._connection, self._process = self._ahead, None, 0
            self._open()
            self._ahead = ahead
        try:
            return self._told(query)
        except dbapi.Error as error:
            raise IngestError(_refusal(error)) from error

    def _told(self, query: str) -> "list[pa.ChunkedArray]":
        self._cursor.execute(query)
        columns: list[pa.ChunkedArray] = self._cursor.fetch_arrow_table().columns
        return columns


def _refusal(error: Exception) -> str:
    text = one_line(error)
    if "does not exist" not in text:
        return text
    older = 'column "' in text
    return "the images were published by an older version: run `dbt build`" if older else NONE_YET
