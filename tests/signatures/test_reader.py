"""Signatures as those who train on them read them: points as columns, images, pairs."""

import io
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ingest.common.errors import IngestError
from ingest.signatures import (
    NewImageSignature,
    NewXYZSignature,
    get_signatures,
    get_verification_pairs,
    published,
    register_signatures,
)
from tests.conftest import Warehouse
from tests.optional import need
from tests.signatures.datasets import Datasets, build, uuid

TABLET = b"2\n10 20 100 1 1500 600 0\n11 -21 110 0 1510 601 0.25\n"
TOLD = ("x", "y", "z", "pressure", "time", "pen_state", "azimuth", "altitude")
PAIRS = """
select genuine.signature_id, others.signature_id, not others.is_forgery
from marts.signatures as genuine
inner join marts.signatures as others
    on coalesce(others.reference_signee_id, others.signee_id) = genuine.signee_id
    and (others.is_forgery or others.signature_id > genuine.signature_id)
    and (others.asset_id is null) = (genuine.asset_id is null)
where not genuine.is_forgery
"""


@pytest.fixture
def written(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """Genuine and forged, with pen and as images, of several layouts, and registered ones."""
    datasets = Datasets(tmp_path)
    for sample in range(2, 5):
        datasets.write(f"Online/Genuine/001_{sample}.HWR", b"1e-7,2,3\n" * sample)
    datasets.write("Online/Genuine/002_1.HWR", b"0.1,4.9e-324,-0\n7,8,9\n")
    for sample in (1, 2):
        datasets.write(f"Online/Forgeries/0009001_{sample}.HWR", b"5,5,%d" % sample)
    image = io.BytesIO()
    Image.new("L", (5, 3), 7).save(image, "PNG")
    for sample in (1, 2):
        datasets.write(f"Offline/Genuine/001_{sample}.PNG", image.getvalue())
    first, second = uuid(1), uuid(2)
    datasets.index({first: "", second: first})
    tablet = tmp_path / "SVC"
    tablet.mkdir()
    (tablet / "U1S1.TXT").write_bytes(TABLET)
    (tablet / "U1S21.TXT").write_bytes(TABLET)
    datasets.land(warehouse, "--dataset", f"SVC2004_TASK2={tablet}")
    scan = tmp_path / "scan.png"
    scan.write_bytes(image.getvalue())
    register_signatures(
        [
            NewXYZSignature([(1, 2, 3), (4, 5, 6)], {"pen": 'é "'}),
            NewXYZSignature([(1.5, 2, 3)]),
            NewImageSignature(scan, {"scanner": "flatbed", "dpi": "300"}),
        ],
        "key",
    )
    build(warehouse)
    return warehouse


def test_readers_give_what_is_published(
    written: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    _signatures_are_those_of_sql(written)
    _images_are_pictures_or_blank()
    _what_is_asked_for()
    _splits_keep_people_apart()
    _pairs_are_those_of_sql(written)
    _a_lost_connection_is_made_anew(written, monkeypatch)
    _what_leaves_meanwhile_is_passed_over(written, monkeypatch)


def _signatures_are_those_of_sql(written: Warehouse) -> None:
    signatures = list(get_signatures())
    facts = [
        (
            *(one.signature_id, one.signee_id, one.source, one.medium, one.is_forgery),
            *(one.reference_signee_id, one.reference_signature_id, one.sample_number),
            one.source_path,
            None if one.points is None else len(one.points),
        )
        for one in signatures
    ]
    assert facts == written.query(
        "select signature_id, signee_id, source, medium, is_forgery, reference_signee_id, "
        "reference_signature_id, sample_number, source_path, point_count "
        "from marts.signatures order by signature_id"
    )
    for one in signatures:
        stored = written.query(
            f"select {', '.join(TOLD)} from marts.signature_points "
            f"where signature_id = '{one.signature_id}' order by point_index"
        )
        if one.points is None:
            assert not stored
            continue
        columns = [getattr(one.points, name) for name in TOLD]
        told = [column if column is not None else (None,) * len(one.points) for column in columns]
        assert list(zip(*told, strict=True)) == stored
        assert repr(one.points) in repr(one)
    (tablet,) = (one for one in signatures if one.source_path == "SVC2004_TASK2/U1S1.TXT")
    assert tablet.points is not None
    assert tablet.points.z is None
    assert tablet.points.pressure == (0.0, 0.25)
    assert "2 points: x, y, pressure, time, pen_state, azimuth, altitude" in repr(tablet)
    metadata = [one.metadata for one in signatures if one.metadata]
    assert sorted(metadata, key=len) == [{"pen": 'é "'}, {"scanner": "flatbed", "dpi": "300"}]


def _images_are_pictures_or_blank() -> None:
    blank = next(get_signatures(where={"source": "SOURCE_B", "is_forgery": True}))
    assert blank.image == b""
    with pytest.raises(IngestError, match="is a blank image: there is no picture of it"):
        blank.to_pil()
    drawn = next(get_signatures(where={"medium": "offline"}))
    assert drawn.points is None
    assert drawn.to_pil().size == (5, 3)
    assert len(repr(drawn)) < 200
    with pytest.raises(IngestError, match="has points: there is no picture of it"):
        next(get_signatures(where={"point_count": (1, None)})).to_pil()


def _what_is_asked_for() -> None:
    def paths(**options: Any) -> list[str]:
        return sorted(one.source_path for one in get_signatures(**options))

    assert paths(where={"point_count": (3, 4), "is_forgery": False}) == [
        *(f"SOURCE_A/Online/Genuine/001_{sample}.HWR" for sample in (1, 3, 4)),
    ]
    assert len(paths(where={"source": ["SOURCE_B", "SVC2004_TASK2"]})) == 4
    assert len(paths(where={"asset_id": None})) == 11
    with pytest.raises(IngestError, match="no published signature fulfils what is asked for"):
        paths(where={"source": "'; drop table marts.signatures"})


def _splits_keep_people_apart() -> None:
    thirds = {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}
    people: Counter[str] = Counter()
    seen: list[str] = []
    for split in thirds:
        try:
            signatures = list(get_signatures(split=split, fractions=thirds))
        except IngestError:  # few people: nobody falls into this one, perhaps
            continue
        seen += [one.signature_id for one in signatures]
        people.update({one.reference_signee_id or one.signee_id for one in signatures})
    assert sorted(seen) == [one.signature_id for one in get_signatures()]
    assert len(people) > 2
    assert set(people.values()) == {1}


def _pairs_are_those_of_sql(written: Warehouse) -> None:
    def pairs(**options: Any) -> list[tuple[str, str, bool]]:
        return [
            (pair.reference.signature_id, pair.questioned.signature_id, pair.is_genuine)
            for pair in get_verification_pairs(**options)
        ]

    all_pairs = pairs()
    assert Counter(all_pairs) == Counter(written.query(PAIRS))
    assert Counter(is_genuine for *_, is_genuine in all_pairs) == {True: 8, False: 10}
    assert pairs() == all_pairs
    assert set(pairs(where={"source": "SVC2004_TASK2"})) < set(all_pairs)


def _a_lost_connection_is_made_anew(written: Warehouse, patch: pytest.MonkeyPatch) -> None:
    every = [one.signature_id for one in get_signatures()]
    patch.setattr(published, "CHUNK_BYTES", 1)
    signatures = get_signatures()
    first = [one.signature_id for one in islice(signatures, 3)]
    written.query(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name <> 'ingest' and backend_type = 'client backend'"
        " and pid <> pg_backend_pid() and datname = current_database()"
    )
    assert first + [one.signature_id for one in signatures] == every


def _what_leaves_meanwhile_is_passed_over(written: Warehouse, patch: pytest.MonkeyPatch) -> None:
    every = [one.signature_id for one in get_signatures()]
    patch.setattr(published, "CHUNK_BYTES", 1)
    signatures = get_signatures()
    first = next(signatures).signature_id
    gone = every[-1]
    written.query(f"delete from marts.signature_points where signature_id = '{gone}'")
    written.query(f"delete from marts.signature_metadata where signature_id = '{gone}'")
    written.query(f"delete from marts.signatures where signature_id = '{gone}'")
    assert [first, *(one.signature_id for one in signatures)] == every[:-1]


@pytest.mark.usefixtures("written")
def test_points_are_arrays_of_numpy() -> None:
    need("numpy", _numpy_is_here())
    import numpy as np

    plain = list(get_signatures())
    arrays = list(get_signatures(as_="numpy"))
    assert len(arrays) == len(plain) > 10
    for one, other in zip(plain, arrays, strict=True):
        assert (one.points is None) == (other.points is None)
        for name in TOLD if one.points else ():
            told, array = getattr(one.points, name), getattr(other.points, name)
            assert (told is None) == (array is None)
            if told is not None:
                assert array.dtype == np.float64
                assert array.tobytes() == np.array(told).tobytes()
                assert not array.flags.writeable
    pair = next(get_verification_pairs(as_="numpy", where={"point_count": (1, None)}))
    assert pair.reference.points is not None
    assert isinstance(pair.reference.points.x, np.ndarray)


def _numpy_is_here() -> bool:
    try:
        import numpy  # noqa: F401
    except ImportError:
        return False
    return True


def test_numpy_that_is_missing_is_told_at_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "numpy", None)
    with pytest.raises(IngestError, match=r"numpy is not installed: .*\[arrays\]"):
        get_signatures(as_="numpy")


@pytest.mark.parametrize("read", [get_signatures, get_verification_pairs])
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"as_": "torch"}, "'torch' is neither 'tuple' nor 'numpy'"),
        ({"where": {"colour": 1}}, "no column 'colour'"),
        ({"where": {"sample_number": "1"}}, "sample_number is of type int"),
        ({"split": "dev"}, "'dev' is none of 'train'"),
        ({"split": "a", "fractions": {"a": 0.7, "b": 0.5}}, "all together at most 1"),
    ],
)
def test_arguments_are_checked_at_the_call(read: Any, options: dict[str, Any], reason: str) -> None:
    with pytest.raises((ValueError, TypeError), match=reason):
        read(**options)


def test_no_signatures_is_one_clear_line(warehouse: Warehouse) -> None:  # noqa: ARG001
    with pytest.raises(IngestError, match="no signatures are published yet: run `ingest"):
        next(get_signatures())
