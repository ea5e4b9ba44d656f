"""Which of the published images a reader draws from: by columns, by a stable split, by shard.

Only values are given, never SQL; they are checked at the call, before anything is asked.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

COLUMNS: Mapping[str, type] = {
    **dict.fromkeys(("image_id", "width", "height", "bytes", "frames", "orientation"), int),
    **dict.fromkeys(("url", "title", "format", "sha256", "mode"), str),
    "fetched_at": datetime,
    "is_one_colour": bool,
}
FRACTIONS: Mapping[str, float] = MappingProxyType({"train": 0.8, "validation": 0.1, "test": 0.1})
ALL_HASHES = 1 << 32


@dataclass(frozen=True)
class Selection:
    """The images that fulfil all that is given.

    Of `where` a value is to be equal, a list or set holds it, a pair (lowest, highest) encloses
    it, either end None for open; None itself stands for what is not known. A `split` is one of the
    names of `fractions`: what falls to it hangs on the content alone, so an image stays in it. The
    `shard` (i, n), i from 0, holds each n-th image by number. Raises `ValueError` or `TypeError`.
    """

    where: Mapping[str, object] = field(default_factory=dict)
    split: str | None = None
    fractions: Mapping[str, float] = field(default_factory=lambda: FRACTIONS)
    shard: tuple[int, int] = (0, 1)

    def __post_init__(self) -> None:
        for column in self.where:
            if column not in COLUMNS:
                raise ValueError(f"where: no column {column!r}; there are {', '.join(COLUMNS)}")
        names = ", ".join(map(repr, self.fractions))
        if self.split is not None and self.split not in self.fractions:
            raise ValueError(f"split: {self.split!r} is none of {names}")
        if any(share < 0 for share in self.fractions.values()) or self._upto(None) > 1 + 1e-9:
            raise ValueError("fractions: each is to be from 0, and all together at most 1")
        index, count = self.shard
        if not 0 <= index < count:
            raise ValueError(f"shard: {self.shard} is not (i, n) with 0 <= i < n")
        _ = self.condition

    @property
    def condition(self) -> str:
        """What stands after `where` in SQL; empty where all images are selected."""
        parts = [_condition(column, value) for column, value in self.where.items()]
        if self.split is not None:
            low, high = self._upto(self.split), self._upto(self.split) + self.fractions[self.split]
            parts.append(f"substr(sha256, 1, 8) collate \"C\" >= '{_hash(low)}'")
            if round(high * ALL_HASHES) < ALL_HASHES:
                parts.append(f"substr(sha256, 1, 8) collate \"C\" < '{_hash(high)}'")
        if self.shard[1] > 1:
            parts.append(f"mod(image_id, {self.shard[1]:d}) = {self.shard[0]:d}")
        return " and ".join(parts)

    def _upto(self, split: str | None) -> float:
        """Return the sum of the fractions before a split; of all of them for None."""
        names = list(self.fractions)
        before = names if split is None else names[: names.index(split)]
        return sum(self.fractions[name] for name in before)


def _hash(share: float) -> str:
    return f"{round(share * ALL_HASHES):08x}"


def _condition(column: str, wanted: object) -> str:
    if wanted is None:
        return f"{column} is null"
    if isinstance(wanted, tuple):
        if len(wanted) != 2:
            raise ValueError(f"where: {column} is a pair (lowest, highest), or a list of values")
        low, high = wanted
        ends = [f"{column} >= {_literal(column, low)}"] if low is not None else []
        ends += [f"{column} <= {_literal(column, high)}"] if high is not None else []
        return " and ".join(ends) or f"{column} is not null"
    if isinstance(wanted, (Sequence, Set)) and not isinstance(wanted, (str, bytes)):
        literals = ", ".join(_literal(column, value) for value in wanted)
        return f"{column} in ({literals})" if literals else "false"
    return f"{column} = {_literal(column, wanted)}"


def _literal(column: str, value: object) -> str:
    """Return a value as SQL reads it and as nothing else."""
    kind = COLUMNS[column]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"where: {column} is of type {kind.__name__}, and {value!r} is not")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"where: {column} has a time zone, and {value!r} has none")
        return f"'{value.isoformat()}'::timestamptz"
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError(f"where: {column} holds no NUL")
        quoted = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"E'{quoted}'"
    return str(value).lower() if isinstance(value, bool) else str(int(value))  # type: ignore[call-overload]
