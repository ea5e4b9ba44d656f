"""Exactly what was given is registered, whatever gives it; all else is one clear error."""

from array import array
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.common.errors import IngestError
from ingest.signatures import NewImageSignature, NewXYZSignature, XYZPoint, register_signatures
from ingest.signatures.plain import PlainPoints, plain_signatures
from tests.conftest import Warehouse

KEPT = (
    "select convert_from(content, 'UTF8') from raw_signatures.files "
    "where path like 'points/%%' order by path"
)


def test_points_are_kept_from_whatever_gives_them(warehouse: Warehouse) -> None:
    ways: list[Callable[[], Any]] = [
        lambda: zip([1, 2, 3], [4, 5, 6], [7, 8, 9], strict=True),
        lambda: ((float(at), at + 3, Decimal(at + 6)) for at in (1, 2, 3)),
        lambda: [iter([at, at + 3, at + 6]) for at in (1, 2, 3)],
        lambda: (array("d", [at, at + 3, at + 6]) for at in (1, 2, 3)),
        lambda: [XYZPoint(at, at + 3, at + 6) for at in (1, 2, 3)],
        lambda: [[at, Fraction(at + 3), at + 6] for at in (1, 2, 3)],
    ]
    for number, way in enumerate(ways):
        new = NewXYZSignature(way())
        done = register_signatures(iter([new]), f"key {number}")
        for again in ([new], (NewXYZSignature(way()),)):
            assert register_signatures(again, f"key {number}").signature_ids == done.signature_ids
        with pytest.raises(IngestError, match="other signatures"):
            register_signatures([NewXYZSignature(zip([1], [4], [7]))], f"key {number}")  # noqa: B905
    assert warehouse.query(KEPT) == len(ways) * [("1.0,4.0,7.0\n2.0,5.0,8.0\n3.0,6.0,9.0",)]


def test_paths_uris_and_keys_of_other_types_are_the_same_call(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    image = tmp_path / "ä #%.png"
    image.write_bytes(b"ink")
    key = UUID(int=7)
    uris: list[Any] = [
        *(image, str(image), image.as_uri(), bytes(image)),
        image.as_uri().replace("file://", "file://LOCALHOST"),
    ]
    done = [register_signatures([NewImageSignature(uri)], key) for uri in uris]  # type: ignore[arg-type]
    assert [one.is_new for one in done] == [True, *[False] * 4]
    assert not register_signatures([NewImageSignature(image)], str(key)).is_new
    kept = "select convert_from(content, 'UTF8') from raw_signatures.files"
    assert warehouse.query(kept) == [("ink",)]


def points(value: Any) -> list[Any]:
    return [NewXYZSignature([(1, 2, 3)]), NewXYZSignature([(1, 2, 3), value])]


def metadata(value: Any) -> list[Any]:
    return [NewImageSignature(__file__, value)]


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (points((1, 2, True)), "signature 2, point 2, value 3 is of type bool"),
        (points((1, 2, 10**400)), "signature 2, point 2, value 3 is no number that a double"),
        (points((1, 2, Decimal("1e-400"))), "value 3 is no number that a double can hold"),
        (points((1, 2, Decimal("sNaN"))), "value 3 is no number"),
        (points((1, Decimal("inf"), 2)), "value 2 is no number"),
        (points((1, "2", 3)), "value 2 is of type str"),
        (points((1, 2j, 3)), "value 2 is of type complex"),
        (points((1, None, 3)), "value 2 is of type NoneType"),
        (points("123"), "signature 2, point 2 is of type str, not a list"),
        (points({1: 1, 2: 2, 3: 3}), "point 2 is of type dict, not a list"),
        (points({1, 2, 3}), "point 2 is of type set, not a list"),
        (points((1, 2)), "signature 2, point 2 is not three finite numbers"),
        (points((1, 2, 3, 4)), "signature 2, point 2 is not three finite numbers"),
        (points(7), "signature 2, point 2 is of type int, not a list"),
        ([NewXYZSignature("123")], "signature 1: points is of type str"),  # type: ignore[list-item]
        ([NewXYZSignature(None)], "signature 1: points is of type NoneType"),  # type: ignore[arg-type]
        ([NewXYZSignature(iter([]))], "signature 1 has no points"),
        ("abc", "new_signatures is of type str, not a list"),
        (NewXYZSignature([(1, 2, 3)]), "new_signatures is of type NewXYZSignature, not a list"),
        (None, "new_signatures is of type NoneType"),
        ([None], "signature 1 is of type NoneType, neither"),
        ([NewImageSignature(7)], "signature 1: local_uri is of type int"),  # type: ignore[arg-type]
        ([NewImageSignature("")], "signature 1: local_uri '' is no path"),
        ([NewImageSignature("a\0b")], "is no path or URI"),
        (metadata({"scanned": date(2026, 1, 1)}), "'scanned' has as value of type date"),
        (metadata({"dpi": float("nan")}), "'dpi' has as value of type float"),
        (metadata({1: "a"}), "metadata 1 has as name of type int"),
        (metadata({"a": "\0"}), "'a' holds what is no text in its value"),
        (metadata({"\ud800": "a"}), "holds what is no text in its name"),
        (metadata([("a", "b")]), "metadata is of type list, not names"),
        (metadata(None), "metadata is of type NoneType"),
    ],
)
def test_what_is_no_signature_is_told_by_its_place(new: Any, message: str) -> None:
    with pytest.raises(IngestError) as raised:
        plain_signatures(new)
    assert message in str(raised.value)


@pytest.mark.parametrize("key", [None, 7, b"key", "", " ", "a\nb", "\ud800", "x" * 201])
def test_what_is_no_key_is_an_error(key: Any) -> None:
    with pytest.raises(IngestError, match="idempotence_key must be 1 to 200 printable"):
        register_signatures([NewXYZSignature([(1, 2, 3)])], key)


anything = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(max_size=3)),
        *(st.binary(max_size=3), st.complex_numbers(), st.fractions(), st.dates()),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(iter),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
    ),
)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(anything, anything, st.booleans())
def test_nothing_else_than_an_ingest_error_comes_of_anything(
    one: Any, other: Any, of_points: bool
) -> None:
    try:
        new = NewXYZSignature(one, other) if of_points else NewImageSignature(one, other)
        (plain,) = plain_signatures([new])
    except IngestError as error:
        assert str(error).startswith("signature 1")  # noqa: PT017
    else:
        assert not isinstance(plain, PlainPoints) or plain.points


def test_points_without_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.signatures.plain.MOST_POINTS", 100)

    class Endless:
        def __iter__(self) -> Any:
            while True:
                yield (1, 2, 3)

    with pytest.raises(IngestError, match="signature 1 has more than 100 points"):
        plain_signatures([NewXYZSignature(Endless())])
