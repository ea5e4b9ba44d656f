"""The published images, as many a query as memory allows."""

import sys
from array import array
from collections.abc import Iterator
from itertools import islice

from ingest.common.errors import IngestError
from ingest.images.chunks import CHUNK_BYTES, image_of, query_for, rows_of, within_limit
from ingest.images.ids import EXTENT, STRETCHES, Ids
from ingest.images.structure import ImageStructure
from ingest.readers.asking import Asking

FIRST_CHUNK = 16
LARGEST_CHUNK = 1_024  # images a query
NONE_YET = "no images are published yet: run `ingest images`, then `dbt build`"
NONE_SUCH = "no published image fulfils what is asked for"


class Published:
    """What is published and fulfils a condition in SQL; use it as a context manager."""

    def __init__(self, condition: str = "") -> None:
        self._condition = condition
        self._asking = Asking(_refusal)
        self.ids: Ids = Ids([])

    def __enter__(self) -> "Published":
        self._asking.open()
        try:
            self.ids = self.published_ids()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._asking.close()

    def published_ids(self) -> Ids:
        """Return the ids that are published now; raises `IngestError` where there are none."""
        if self._condition:
            query = f"select image_id from marts.images where {self._condition} order by 1"  # noqa: S608
            (column,) = self._asking.ask(query)
            ids = array("q", [number for chunk in column.chunks for number in chunk.to_pylist()])
            if not ids:
                raise IngestError(NONE_SUCH)
            return Ids.of(ids)
        ((first, last, count),) = rows_of(self._asking.ask(EXTENT))
        if not count:
            raise IngestError(NONE_YET)
        if last - first + 1 == count:
            return Ids([(first, count)])
        return Ids(rows_of(self._asking.ask(STRETCHES)))

    def one(self, image_id: int) -> ImageStructure:
        """Return the image of a number; raises `KeyError` where it is not among them."""
        query = query_for([int(image_id)])
        rows = rows_of(
            self._asking.ask(f"{query} where {self._condition}" if self._condition else query)
        )
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
        answer = self._asking.ahead(query_for(chunk))
        while chunk:
            rows = {row[0]: row for row in rows_of(answer())}
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
                answer = self._asking.ahead(query_for(chunk))
            yield from images


def _refusal(text: str) -> str:
    if "does not exist" not in text:
        return text
    older = 'column "' in text
    return "the images were published by an older version: run `dbt build`" if older else NONE_YET
