"""The published signatures, some megabytes a query, each whole in the one statement that asks."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ingest.common.errors import IngestError
from ingest.readers.asking import Asking
from ingest.readers.selection import Selection
from ingest.signatures.columns import Columns
from ingest.signatures.structure import Points, SignatureStructure

if TYPE_CHECKING:
    import pyarrow as pa

NONE_YET = "no signatures are published yet: run `ingest signatures`, then `dbt build`"
NONE_SUCH = "no published signature fulfils what is asked for"
OLDER = "the signatures were published by an older version: run `dbt build`"
CHUNK_BYTES = 4 << 20  # that a query brings at most, unless its first signature is larger
POINT_BYTES = 64
FACTS_BYTES = 1 << 9
TOLD = list(Points.__annotations__)
ALWAYS = ("x", "y")
FACTS = [name for name in SignatureStructure.__annotations__ if name not in ("image", "points")]
WHICH = """
select signature_id, {facts} + coalesce(point_count * {point}, size_bytes)
from marts.signatures
left join marts.signature_assets using (asset_id)
where {condition}
order by {order}
"""
PERSON = "coalesce(reference_signee_id, signee_id)"
METADATA = """(
    select cast(json_object_agg(name, value order by name) as text)
    from marts.signature_metadata where signature_metadata.signature_id = asked.id
)"""
ASK = """
select {facts}, content, point_count, {told}
from unnest('{{{{{{}}}}}}'::text[]) with ordinality as asked (id, nth)
inner join marts.signatures on signature_id = asked.id
left join marts.signature_assets using (asset_id)
cross join lateral (
    select {arrays}
    from marts.signature_points where signature_points.signature_id = asked.id
) as points
order by nth
"""


class PublishedSignatures(Selection):
    """The signatures that fulfil all that is given.

    A split hangs on whose signature it is, or is to be: nobody's are in two of them.
    """

    columns = {  # noqa: RUF012 - a ClassVar of the base
        **dict.fromkeys(("signature_id", "signee_id", "source", "medium", "source_path"), str),
        **dict.fromkeys(("reference_signee_id", "reference_signature_id", "asset_id"), str),
        **dict.fromkeys(("sample_number", "point_count"), int),
        "is_forgery": bool,
    }
    hashed = PERSON


def _array(name: str) -> str:
    # What no layout tells does not travel
    is_told = "" if name in ALWAYS else f" filter (where {name} is not null)"
    return f"array_agg({name} order by point_index){is_told} as {name}"


QUERY = ASK.format(
    facts=", ".join(METADATA if name == "metadata" else name for name in FACTS),
    told=", ".join(TOLD),
    arrays=", ".join(map(_array, TOLD)),
)


class Reading:
    """A connection that reads signatures; close it."""

    def __init__(self, selection: Selection, columns: Columns) -> None:
        self._condition = selection.condition or "true"
        self._columns = columns
        self._asking = Asking(_refusal)

    def close(self) -> None:
        """Let go of the connection."""
        self._asking.close()

    def which(self, by_person: bool) -> list[tuple[str, int]]:
        """Return the ids of what is selected, in their order, and some bytes of each.

        `by_person` puts together what one signee wrote and what imitates it, the genuine first.
        Raises `IngestError` where nothing is selected.
        """
        order = f"{PERSON}, is_forgery, signature_id" if by_person else "signature_id"
        sizes = {"facts": FACTS_BYTES, "point": POINT_BYTES}
        query = WHICH.format(condition=self._condition, order=order, **sizes)
        answer = self._asking.ask(query)
        rows = list(zip(*(column.to_pylist() for column in answer), strict=True))
        if not rows:
            (count,) = self._asking.ask("select count(*) from marts.signatures")
            raise IngestError(NONE_SUCH if count[0].as_py() else NONE_YET)
        return rows

    def read(self, which: Iterable[tuple[str, int]]) -> "Iterator[SignatureStructure[Any]]":
        """Yield the signatures of some ids, of so many bytes each, in this order.

        Postgres looks for the next ones while the caller has these. What is published no more
        is passed over.
        """
        chunks = _chunks(which)
        chunk = next(chunks, None)
        answer = self._asking.ahead(QUERY.format(",".join(chunk))) if chunk else None
        while answer:
            columns = answer()
            chunk = next(chunks, None)
            answer = self._asking.ahead(QUERY.format(",".join(chunk))) if chunk else None
            yield from self._made(columns)

    def _made(self, columns: "Sequence[pa.ChunkedArray]") -> "Iterator[SignatureStructure[Any]]":
        facts = zip(*(column.to_pylist() for column in columns[: len(FACTS) + 2]), strict=True)
        points = zip(*map(self._columns, columns[len(FACTS) + 2 :]), strict=True)
        metadata = FACTS.index("metadata")
        for (*told, point_count), its in zip(facts, points, strict=True):
            told[metadata] = json.loads(told[metadata] or "{}")
            told.append(None if point_count is None else Points(*its))
            yield SignatureStructure(*told)


def _chunks(which: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for signature_id, its in which:
        if chunk and size + its > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(signature_id)
        size += its
    if chunk:
        yield chunk


def _refusal(text: str) -> str:
    if "does not exist" not in text:
        return text
    return OLDER if 'column "' in text else NONE_YET
