"""A chunk of images as it is asked for and as it comes: of so many bytes at most."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ingest.images.structure import ImageStructure

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_BYTES = 4 << 20  # that a query brings at most, unless its first image is larger
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# The bytes of what is over the limit are not even looked up: it is asked for again, by itself.
CONTENT = f"case when place = 1 or upto <= {CHUNK_BYTES} then content end"
COLUMNS = [CONTENT if name == "content" else name for name in ImageStructure.__annotations__]
ASK = f"""
select {", ".join(COLUMNS)}, bytes
from (
    select
        images.*, row_number() over (order by nth) as place, sum(bytes) over (order by nth) as upto
    from marts.images
    inner join unnest('{{{{{{}}}}}}'::bigint[]) with ordinality as asked (id, nth) on id = image_id
) as found
"""  # noqa: S608 - constants
CONTENT_AT = list(ImageStructure.__annotations__).index("content")


def query_for(ids: Iterable[int]) -> str:
    """Return the query for the images of some numbers."""
    return ASK.format(",".join(map(str, dict.fromkeys(ids))))


def within_limit(
    chunk: list[int], rows: dict[int, tuple[Any, ...]]
) -> tuple[list[ImageStructure], list[int]]:
    """Return the images that came with their bytes, and the ids that are to be asked for anew."""
    images: dict[int, ImageStructure] = {}
    found: list[ImageStructure] = []
    for place, image_id in enumerate(chunk):
        row = rows.get(image_id)
        if row is None:
            continue
        if row[CONTENT_AT] is None:
            return found, chunk[place:]
        if image_id not in images:
            images[image_id] = image_of(row)
        found.append(images[image_id])
    return found, []


def image_of(row: tuple[Any, ...]) -> ImageStructure:
    """Return the image of a row that came with its bytes."""
    return ImageStructure(*row[:-1])


def rows_of(columns: "list[pa.ChunkedArray]") -> list[tuple[Any, ...]]:
    """Return what was answered row by row."""
    return list(zip(*map(_values, columns), strict=True))


def _values(column: "pa.ChunkedArray") -> list[Any]:
    """Return a column's values; moments ten times as fast as Arrow itself makes them."""
    if hasattr(column.type, "tz"):
        return [EPOCH + timedelta(microseconds=each) for each in column.cast("int64").to_pylist()]
    values: list[Any] = column.to_pylist()
    return values
