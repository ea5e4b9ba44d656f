"""Reads published signatures, one by one or in pairs to tell genuine ones from forgeries."""

from collections.abc import Iterator, Mapping
from itertools import combinations, groupby, product
from typing import TYPE_CHECKING, Any, Literal, overload

from ingest.readers.selection import FRACTIONS, Selection
from ingest.signatures.columns import Columns, columns
from ingest.signatures.published import PublishedSignatures, Reading
from ingest.signatures.structure import SignatureStructure, VerificationPair

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

Tuple = tuple[float, ...]


@overload
def get_signatures(
    *,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    as_: Literal["tuple"] = "tuple",
) -> Iterator[SignatureStructure[Tuple]]: ...


@overload
def get_signatures(
    *,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    as_: Literal["numpy"],
) -> "Iterator[SignatureStructure[NDArray[float64]]]": ...


def get_signatures(
    *,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    as_: str = "tuple",
) -> Iterator[SignatureStructure[Any]]:
    """Yield the published signatures, in the order of `signature_id`.

    Columns of points are tuples of doubles, or with `as_="numpy"` read-only arrays of them, which
    takes numpy: `make arrays`, or `pip install 'research-warehouse[arrays]'`.

    `where` selects by columns of `marts.signatures`: a value is to be equal, a list or set holds
    it, a pair (lowest, highest) encloses it, None stands for what is not known. `split` is "train"
    or another name of `fractions`, and hangs on whose signature it is or imitates, so that
    nobody's are in two splits, and always falls out the same.

    Keeps one connection and some megabytes, whatever the number of signatures; ingest and build
    may run beside it. A lost server is waited for. Raises `ValueError`, `TypeError` or
    `IngestError` at once for arguments that make no sense, and `IngestError` when the first
    signature is asked for where none are published.
    """
    return _signatures(PublishedSignatures(where or {}, split, fractions), columns(as_))


@overload
def get_verification_pairs(
    *,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    as_: Literal["tuple"] = "tuple",
) -> Iterator[VerificationPair[Tuple]]: ...


@overload
def get_verification_pairs(
    *,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    as_: Literal["numpy"],
) -> "Iterator[VerificationPair[NDArray[float64]]]": ...


def get_verification_pairs(
    *,
    where: Mapping[str, object] | None = None,
    split: str | None = None,
    fractions: Mapping[str, float] = FRACTIONS,
    as_: str = "tuple",
) -> Iterator[VerificationPair[Any]]:
    """Yield each pair of genuine signatures of a signee, and of a genuine one and a forgery of it.

    Signee by signee in the order of their ids, of each first the genuine pairs; so the same
    signatures give the same pairs in the same order. Points are paired with points and images
    with images. Keeps the signatures of one signee; the rest, the arguments too, is as
    `get_signatures` says.
    """
    return _pairs(PublishedSignatures(where or {}, split, fractions), columns(as_))


def _signatures(selection: Selection, columns: Columns) -> Iterator[SignatureStructure[Any]]:
    reading = Reading(selection, columns)
    try:
        yield from reading.read(reading.which(by_person=False))
    finally:
        reading.close()


def _pairs(selection: Selection, columns: Columns) -> Iterator[VerificationPair[Any]]:
    reading = Reading(selection, columns)
    try:
        signatures = reading.read(reading.which(by_person=True))
        for _, ours in groupby(
            signatures, key=lambda one: one.reference_signee_id or one.signee_id
        ):
            of_signee = list(ours)
            for is_image in (False, True):
                alike = [one for one in of_signee if (one.points is None) == is_image]
                genuine = [one for one in alike if not one.is_forgery]
                forged = [one for one in alike if one.is_forgery]
                for reference, questioned in combinations(genuine, 2):
                    yield VerificationPair(reference, questioned, is_genuine=True)
                for reference, questioned in product(genuine, forged):
                    yield VerificationPair(reference, questioned, is_genuine=False)
    finally:
        reading.close()
