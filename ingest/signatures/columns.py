"""Columns of points out of Arrow's lists: tuples, or arrays of numpy where that is installed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ingest.common.errors import IngestError

if TYPE_CHECKING:
    import pyarrow as pa

DOUBLE = 8  # bytes
MISSING = "numpy is not installed: pip install 'research-warehouse[arrays]'"
Columns = Callable[["pa.ChunkedArray"], list[Any]]


def columns(as_: str) -> Columns:
    """Return what makes the columns; raises `ValueError` or `IngestError`."""
    if as_ == "tuple":
        return _tuples
    if as_ != "numpy":
        raise ValueError(f"as_: {as_!r} is neither 'tuple' nor 'numpy'")
    try:
        import numpy  # noqa: F401
    except ImportError as error:
        raise IngestError(MISSING) from error
    return _arrays


def _tuples(lists: "pa.ChunkedArray") -> list[Any]:
    return [None if values is None else tuple(values) for values in lists.to_pylist()]


def _arrays(lists: "pa.ChunkedArray") -> list[Any]:
    """Return read-only arrays of their own: signatures are kept for longer than what came along."""
    import numpy as np

    made: list[Any] = []
    for chunk in lists.chunks:
        doubles = np.frombuffer(chunk.values.buffers()[1] or b"", np.float64)
        first = chunk.values.offset
        ends = [first + end.as_py() for end in chunk.offsets]
        for start, end, is_told in zip(ends, ends[1:], chunk.is_valid().to_pylist(), strict=False):
            array = doubles[start:end].copy()
            array.flags.writeable = False
            made.append(array if is_told else None)
    return made
