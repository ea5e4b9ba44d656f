"""Which published rows a reader is given: by columns, and by a stable split.

Only values are given, never SQL; they are checked at the call, before anything is asked.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar

FRACTIONS: Mapping[str, float] = MappingProxyType({"train": 0.8, "validation": 0.1, "test": 0.1})
ALL_HASHES = 1 << 32


@dataclass(frozen=True)
class Selection:
    """The rows that fulfil all that is given; what they are a subclass says.

    Of `where` a value is to be equal, a list or set holds it, a pair (lowest, highest) encloses
    it, either end None for open; None itself stands for what is not known. A `split` is one of the
    names of `fractions`: what falls to it hangs on `hashed` alone, so a row stays in it. Raises
    `ValueError` or `TypeError`.
    """

    columns: ClassVar[Mapping[str, type]]
    hashed: ClassVar[str]  # SQL of a text that begins with eight random hex digits

    where: Mapping[str, object] = field(default_factory=dict)
    split: str | None = None
    fractions: Mapping[str, float] = field(default_factory=lambda: FRACTIONS)

    def __post_init__(self) -> None:
        for column in self.where:
            if column not in self.columns:
                known = ", ".join(self.columns)
                raise ValueError(f"where: no column {column!r}; there are {known}")
        names = ", ".join(map(repr, self.fractions))
        if self.split is not None and self.split not in self.fractions:
            raise ValueError(f"split: {self.split!r} is none of {names}")
        if any(share < 0 for share in self.fractions.values()) or self._upto(None) > 1 + 1e-9:
            raise ValueError("fractions: each is to be from 0, and all together at most 1")
        _ = self.condition

    @property
    def condition(self) -> str:
        """What stands after `where` in SQL; empty where all rows are selected."""
        return " and ".join(self._parts())

    def _parts(self) -> list[str]:
        parts = [
            _condition(column, self.columns[column], value) for column, value in self.where.items()
        ]
        if self.split is not None:
            low, high = self._upto(self.split), self._upto(self.split) + self.fractions[self.split]
            digits = f'substr({self.hashed}, 1, 8) collate "C"'
            parts.append(f"{digits} >= '{_hash(low)}'")
            if round(high * ALL_HASHES) < ALL_HASHES:
                parts.append(f"{digits} < '{_hash(high)}'")
        return parts

    def _upto(self, split: str | None) -> float:
        """Return the sum of the fractions before a split; of all of them for None."""
        names = list(self.fractions)
        before = names if split is None else names[: names.index(split)]
        return sum(self.fractions[name] for name in before)


def _hash(share: float) -> str:
    return f"{round(share * ALL_HASHES):08x}"


def _condition(column: str, kind: type, wanted: object) -> str:
    if wanted is None:
        return f"{column} is null"
    if isinstance(wanted, tuple):
        if len(wanted) != 2:
            raise ValueError(f"where: {column} is a pair (lowest, highest), or a list of values")
        low, high = wanted
        ends = [f"{column} >= {_literal(column, kind, low)}"] if low is not None else []
        ends += [f"{column} <= {_literal(column, kind, high)}"] if high is not None else []
        return " and ".join(ends) or f"{column} is not null"
    if isinstance(wanted, (Sequence, Set)) and not isinstance(wanted, (str, bytes)):
        literals = ", ".join(_literal(column, kind, value) for value in wanted)
        return f"{column} in ({literals})" if literals else "false"
    return f"{column} = {_literal(column, kind, wanted)}"


def _literal(column: str, kind: type, value: object) -> str:
    """Return a value as SQL reads it and as nothing else."""
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
