"""The ids that are published, as stretches without a gap: a place among them is an id at once.

stretches 1-28, 30-1000 -> 999 ids; place 0 is 1, place 28 is 30
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

STRETCHES = """
select min(image_id), count(*) from (
    select image_id, image_id - row_number() over (order by image_id) as stretch from marts.images
) as numbered group by stretch order by 1
"""
# What most tables are: one stretch, which is told without sorting them
EXTENT = "select min(image_id), max(image_id), count(*) from marts.images"


class Ids:
    """Ids in ascending order, by their place from 0; made of (first id, number of ids)."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self._firsts, self._places = array("q"), array("q")
        self._count = 0
        for first, ids in stretches:
            self._firsts.append(first)
            self._places.append(self._count)
            self._count += ids

    @classmethod
    def of(cls, ids: "array[int]") -> "Ids":
        """Make it of each id, in ascending order."""
        made = cls([])
        made._firsts, made._places, made._count = ids, array("q", range(len(ids))), len(ids)
        return made

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> int:
        stretch = bisect_right(self._places, place) - 1
        return self._firsts[stretch] + place - self._places[stretch]

    def __iter__(self) -> Iterator[int]:
        ends = [*self._places, self._count][1:]
        for first, place, end in zip(self._firsts, self._places, ends, strict=True):
            yield from range(first, first + end - place)
