"""Draws images from the published table, each with the same probability.

ids that are published -> random places among them -> some hundred ids a query
                       -> one that left meanwhile is passed over, and another one drawn
"""

import io
import random
import sys
from array import array
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import TYPE_CHECKING, Any

from ingest.common.errors import IngestError
from ingest.images.ids import EXTENT, STRETCHES, Ids
from ingest.warehouse import connect

if TYPE_CHECKING:
    import pyarrow as pa
    from PIL.Image import Image

FIRST_CHUNK = 16
LARGEST_CHUNK = 1_024  # images a query
CHUNK_BYTES = 8 << 20  # aimed at, by the mean size of the images met so far
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class ImageStructure:
    """One published image.

    `content` is the file as its host sent it, in `format` ("PNG", "JPEG", ...); `width` and
    `height` are in pixels, `sha256` is that of the content in hex, and `fetched_at` is in UTC.
    `image_id` never changes; the number of an image that left stays free.
    """

    image_id: int
    url: str
    title: str
    fetched_at: datetime
    width: int
    height: int
    format: str
    sha256: str
    content: bytes

    def to_pil(self) -> "Image":
        """Decode the content; the image is loaded in full and keeps its own mode."""
        from PIL import Image

        image = Image.open(io.BytesIO(self.content))
        image.load()
        return image


NONE_YET = "no images are published yet: run `ingest images`, then `dbt build`"
COLUMNS = ", ".join(ImageStructure.__annotations__)


def get_random_images(
    *, seed: int | None = None, limit: int | None = None, epoch: bool = False
) -> Iterator[ImageStructure]:
    """Yield images drawn at random from all that are published when the iteration begins.

    Each image is drawn uniformly and independently of those before it, without end. With `epoch`
    each image comes exactly once, in random order. `limit` ends it after so many images. The same
    `seed` gives the same images in the same order while none are added and none leave.

    Keeps one connection and some megabytes, whatever the number of images; ingest and build may
    run beside it, and an image that leaves meanwhile comes no more. Raises `IngestError` where no
    images are published.
    """
    numbers = random.Random(seed)  # noqa: S311 - a fair draw, not a secret
    with _Published() as published:
        ids = _each_once if epoch else _for_ever
        yield from published.read(ids(numbers, published), limit)


def _for_ever(numbers: random.Random, published: "_Published") -> Iterator[int]:
    while True:
        ids, count = published.ids, len(published.ids)
        while ids is published.ids:  # until they were asked for anew
            yield ids[numbers.randrange(count)]


def _each_once(numbers: random.Random, published: "_Published") -> Iterator[int]:
    """Shuffle as the numbers are needed (Fisher and Yates): 8 bytes an image, and no wait."""
    left = array("q", published.ids)
    for last in range(len(left) - 1, -1, -1):
        chosen = numbers.randrange(last + 1)
        yield left[chosen]
        left[chosen] = left[last]


class _Published:
    """The published images, over one connection of their own, whose bytes travel as binary."""

    def __enter__(self) -> "_Published":
        from adbc_driver_postgresql import dbapi  # here, since it takes its time to import

        self._refusals = dbapi.ProgrammingError
        try:
            # Each query a transaction of its own: none stays open while the caller is at work.
            self._connection = dbapi.connect(connect.url("analyst"), autocommit=True)
        except dbapi.Error as error:
            raise IngestError(f"the warehouse cannot be reached: {_line(error)}") from error
        self._cursor = self._connection.cursor()
        try:
            self.ids = self._published_ids()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.close()
        self._connection.close()

    def _published_ids(self) -> Ids:
        ((first, last, count),) = _rows(self._ask(EXTENT))
        if not count:
            raise IngestError(NONE_YET)
        if last - first + 1 == count:
            return Ids([(first, count)])
        return Ids(_rows(self._ask(STRETCHES)))

    def read(self, ids: Iterator[int], limit: int | None) -> Iterator[ImageStructure]:
        """Yield the images of `ids`, in this order; a query for some hundred of them at a time.

        Postgres looks for the next ones while the caller has these. An id that is published no
        more is passed over: the others stay as likely as they were among themselves.
        """
        size, seen, seen_bytes = FIRST_CHUNK, 0, 0
        left = sys.maxsize if limit is None else limit
        with ThreadPoolExecutor(1, "read ahead") as ahead:
            chunk = list(islice(ids, min(size, left)))
            answer = ahead.submit(self._ask, _query(chunk))
            while chunk:
                found = {row[0]: ImageStructure(*row) for row in _rows(answer.result())}
                images = [found[image_id] for image_id in chunk if image_id in found]
                left -= len(images)
                if found:
                    seen += len(found)
                    seen_bytes += sum(len(image.content) for image in found.values())
                    size = min(LARGEST_CHUNK, 2 * size, CHUNK_BYTES * seen // seen_bytes + 1)
                else:
                    self.ids = self._published_ids()
                chunk = list(islice(ids, min(size, left)))
                if chunk:
                    answer = ahead.submit(self._ask, _query(chunk))
                yield from images

    def _ask(self, query: str) -> "list[pa.ChunkedArray]":
        try:
            self._cursor.execute(query)
            columns: list[pa.ChunkedArray] = self._cursor.fetch_arrow_table().columns
        except self._refusals as error:
            missing = "does not exist" in str(error)
            raise IngestError(NONE_YET if missing else _line(error)) from error
        return columns


def _query(ids: Iterable[int]) -> str:
    numbers = ",".join(map(str, ids))
    return f"select {COLUMNS} from marts.images where image_id = any('{{{numbers}}}'::bigint[])"  # noqa: S608


def _rows(columns: "list[pa.ChunkedArray]") -> list[tuple[Any, ...]]:
    return list(zip(*map(_values, columns), strict=True))


def _values(column: "pa.ChunkedArray") -> list[Any]:
    """Return a column's values; moments ten times as fast as Arrow itself makes them."""
    if hasattr(column.type, "tz"):
        return [EPOCH + timedelta(microseconds=each) for each in column.cast("int64").to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
