"""Draws images from the published table, each with the same probability.

ids that are published -> random places among them -> some hundred ids a query
                       -> one that left meanwhile is passed over, and another one drawn
"""

import random
from array import array
from collections.abc import Callable, Generator, Iterator, Mapping
from itertools import islice
from typing import Generic, TypeVar, cast, overload

from ingest.images.published import Published
from ingest.images.selection import Selection
from ingest.images.structure import ImageStructure
from ingest.readers.selection import FRACTIONS

Drawn = TypeVar("Drawn")


class RandomImages(Generic[Drawn]):
    """An iterator over images, or over lists of them, and the selection that it draws from."""

    def __init__(
        self, selection: Selection, seed: int | None, limit: int | None, epoch: bool, batch: int
    ) -> None:
        self._selection = selection
        # No method of its own: what nobody iterates any more is closed at once.
        self._drawing = cast(
            "Generator[Drawn, None, None]",
            _drawn(selection.condition, seed, limit, _each_once if epoch else _for_ever, batch),
        )
        self._looking: Published | None = None

    def __iter__(self) -> "RandomImages[Drawn]":
        return self

    def __next__(self) -> Drawn:
        return next(self._drawing)

    def __len__(self) -> int:
        """Return how many images are selected now; asks the warehouse."""
        return len(self._look().published_ids())

    def __getitem__(self, image_id: int) -> ImageStructure:
        """Return the selected image of a number; raises `KeyError` where there is none."""
        return self._look().one(image_id)

    def __repr__(self) -> str:
        """Say what it draws from."""
        condition = self._selection.condition
        return f"<images{f' where {condition}' if condition else ''}>"

    def close(self) -> None:
        """End the iteration and let go of every connection."""
        self._drawing.close()
        if self._looking is not None:
            self._looking.__exit__()
            self._looking = None

    def _look(self) -> Published:
        if self._looking is None:
            looking = Published(self._selection.condition)
            self._looking = looking.__enter__()
        return self._looking


@overload
def get_random_images(
    *,
    seed: int | None = None,
    limit: int | None = None,
    epoch: bool = False,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    shard: tuple[int, int] = (0, 1),
    batch: None = None,
) -> RandomImages[ImageStructure]: ...


@overload
def get_random_images(
    *,
    seed: int | None = None,
    limit: int | None = None,
    epoch: bool = False,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    shard: tuple[int, int] = (0, 1),
    batch: int,
) -> RandomImages[list[ImageStructure]]: ...


def get_random_images(
    *,
    seed: int | None = None,
    limit: int | None = None,
    epoch: bool = False,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    shard: tuple[int, int] = (0, 1),
    batch: int | None = None,
) -> "RandomImages[ImageStructure] | RandomImages[list[ImageStructure]]":
    """Yield images drawn at random from all that are published when the iteration begins.

    Each image is drawn uniformly and independently of those before it, without end. With `epoch`
    each image comes exactly once, in random order. `limit` ends it after so many images; `batch`
    yields lists of so many, of which the last may be shorter. The same `seed` gives the same images
    in the same order while none are added and none leave.

    `where` selects by published columns, `split` is "train" or another name of `fractions`, and
    `shard` (i, n) is the i-th of n parts that together hold each image once: see `Selection`.
    `len()` of what is returned is the number of images selected, `[image_id]` is one of them.

    Keeps one connection and some megabytes, whatever the number of images; ingest and build may
    run beside it, and an image that leaves meanwhile comes no more. A lost server is waited for.
    Raises `ValueError` or `TypeError` at once for arguments that make no sense, and `IngestError`
    when the first image is asked for where none are published.
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit: {limit} is less than 0")
    if batch is not None and batch < 1:
        raise ValueError(f"batch: {batch} is less than 1")
    selection = Selection(where or {}, split, fractions, shard)
    return RandomImages(selection, seed, limit, epoch, batch or 0)


def _drawn(
    condition: str,
    seed: int | None,
    limit: int | None,
    draw: "Callable[[random.Random, Published], Iterator[int]]",
    batch: int,
) -> "Generator[ImageStructure | list[ImageStructure], None, None]":
    numbers = random.Random(seed)  # noqa: S311 - a fair draw, not a secret
    with Published(condition) as published:
        images = published.read(draw(numbers, published), limit)
        if not batch:
            yield from images
        while batch and (some := list(islice(images, batch))):
            yield some


def _for_ever(numbers: random.Random, published: Published) -> Iterator[int]:
    while True:
        ids, count = published.ids, len(published.ids)
        while ids is published.ids:  # until they were asked for anew
            yield ids[numbers.randrange(count)]


def _each_once(numbers: random.Random, published: Published) -> Iterator[int]:
    """Shuffle as the numbers are needed (Fisher and Yates): 8 bytes an image, and no wait."""
    left = array("q", published.ids)
    for last in range(len(left) - 1, -1, -1):
        chosen = numbers.randrange(last + 1)
        yield left[chosen]
        left[chosen] = left[last]
