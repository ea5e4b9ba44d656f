"""Which of the published images a reader draws from: by columns, by a stable split, by shard."""

from dataclasses import dataclass
from datetime import datetime

from ingest.readers import selection


@dataclass(frozen=True)
class Selection(selection.Selection):
    """The images that fulfil all that is given.

    A split hangs on the content alone. The `shard` (i, n), i from 0, holds each n-th image by
    number. Raises `ValueError` or `TypeError`.
    """

    columns = {  # noqa: RUF012 - a ClassVar of the base
        **dict.fromkeys(("image_id", "width", "height", "bytes", "frames", "orientation"), int),
        **dict.fromkeys(("url", "title", "format", "sha256", "mode"), str),
        "fetched_at": datetime,
        "is_one_colour": bool,
    }
    hashed = "sha256"

    shard: tuple[int, int] = (0, 1)

    def __post_init__(self) -> None:
        index, count = self.shard
        if not 0 <= index < count:
            raise ValueError(f"shard: {self.shard} is not (i, n) with 0 <= i < n")
        super().__post_init__()

    def _parts(self) -> list[str]:
        parts = super()._parts()
        if self.shard[1] > 1:
            parts.append(f"mod(image_id, {self.shard[1]:d}) = {self.shard[0]:d}")
        return parts
