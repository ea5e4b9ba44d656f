"""Retires one origin: it counts no more from now on, and what it brought leaves the marts."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ingest.common.errors import IngestError
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_schemas import RawSchema

if TYPE_CHECKING:
    import pyarrow as pa


class Forget:
    """Lands nothing but that `origin`, an address, counts no more."""

    def __init__(self, raw_schema: RawSchema, origin: str) -> None:
        self.raw_schema, self.origin = raw_schema, origin

    def read(self, run: Run) -> Iterator[tuple[str, "pa.Table"]]:
        """Retire the origin.

        Raises `IngestError` where none of this address counts; tells the nearest address.
        """
        run.outcome = "forgotten"
        for origin in origins_at(run.origins.known, self.origin, run.source):
            run.origins.retire(origin, "was forgotten")
            run.note(f"{origin.address} ({origin.record_table}) counts no more")
        yield from ()


def origins_at(known: list[Origin], address: str, source: str) -> list[Origin]:
    """Return the counting origins of an address: one, or one for each kind of record."""
    counting = [origin for origin in known if origin.counts]
    found = [origin for origin in counting if origin.address == address]
    if found:
        return found
    if any(origin.address == address for origin in known):
        raise IngestError(f"{source}: {address} counts no more already")
    nearest = get_close_matches(address, [origin.address for origin in counting], 1, 0.8)
    hint = f"; did you mean {nearest[0]}?" if nearest else "; `ingest origins` lists what is"
    raise IngestError(f"{source}: nothing is landed from {address}{hint}")
