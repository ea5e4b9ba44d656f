"""The team's first design: its example and its mocks run unchanged, name by name."""

from datetime import timedelta, timezone

import pytest

from ingest.common.errors import IngestError
from ingest.signatures import (
    AnyNewSignature,
    AnySignature,
    ImageSignature,
    NewImageSignature,
    NewXYZSignature,
    SignatureApplicationService,
    Signee,
    XYZPoint,
    XYZSignature,
)
from tests.conftest import Warehouse
from tests.signatures.datasets import build


class Signees:
    """A repository in memory that refuses a signee without id."""

    def __init__(self) -> None:
        self.signees: dict[str, Signee] = {}

    def store(self, signee: Signee) -> None:
        if not signee.id:
            raise ValueError("a signee without id")
        self.signees[signee.id] = signee


class Signatures:
    """A repository in memory, by signee."""

    def __init__(self) -> None:
        self.signatures: dict[str, list[AnySignature]] = {}
        self.calls = 0

    def store(self, signatures: list[AnySignature]) -> None:
        self.calls += 1
        for signature in signatures:
            self.signatures.setdefault(signature.signee_id, []).append(signature)


class Assets:
    """An asset service in memory that minds no missing file."""

    def __init__(self) -> None:
        self.assets: dict[str, tuple[str, dict[str, str]]] = {}

    def register_asset(self, local_uri: str, metadata: dict[str, str] = {}) -> str:  # noqa: B006
        asset_id = f"asset-{len(self.assets)}"
        self.assets[asset_id] = (local_uri, metadata)
        return asset_id


class World:
    def __init__(self) -> None:
        self.signees, self.signatures, self.assets = Signees(), Signatures(), Assets()
        self.service = SignatureApplicationService(
            signee_repository=self.signees,
            signature_repository=self.signatures,
            asset_service=self.assets,
        )


NEW: list[AnyNewSignature] = [
    NewImageSignature(local_uri="/does/not/exist.png", metadata={"scanner": "flatbed"}),
    NewXYZSignature(points=[(1.0, 2.0, 3.0), (4.0, 5.0, 6.0)], metadata={"tablet": "Intuos"}),
]


def test_its_example_runs_without_a_warehouse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    world = World()
    for count in (1, 2):  # without a key, each call is a new one
        world.service.register_signatures(NEW)
        assert len(world.signees.signees) == world.signatures.calls == count
    (signee, _) = world.signees.signees.values()
    assert signee.signatures == []
    assert signee.created.utcoffset() == timedelta(0)
    image, points = world.signatures.signatures[signee.id]
    assert isinstance(image, ImageSignature)
    assert isinstance(points, XYZSignature)
    assert world.assets.assets[image.asset_id] == ("/does/not/exist.png", {"scanner": "flatbed"})
    assert (image.metadata, points.metadata) == ({"scanner": "flatbed"}, {"tablet": "Intuos"})
    assert points.points == [XYZPoint(x=1, y=2, z=3), XYZPoint(x=4, y=5, z=6)]
    assert (points.points[1].x, points.points[1].y, points.points[1].z) == (4, 5, 6)
    assert len({image.id, points.id, signee.id}) == 3
    assert image.created.tzinfo == timezone.utc
    service = world.service
    kept = (service.signee_repository, service.signature_repository, service.asset_service)
    assert kept == (world.signees, world.signatures, world.assets)


def test_with_a_key_its_collaborators_are_asked_once(warehouse: Warehouse) -> None:
    world = World()
    for _ in range(2):
        world.service.register_signatures(new_signatures=NEW, idempotence_key="key")
    assert (len(world.signees.signees), world.signatures.calls, len(world.assets.assets)) == (
        *(1, 1),
        1,
    )
    with pytest.raises(IngestError, match="for other signatures"):
        world.service.register_signatures(NEW[:1], "key")
    assert warehouse.query("select count(*) from raw_signatures.origins") == [(0,)]


def test_its_own_asset_service_serves_the_warehouse(warehouse: Warehouse) -> None:
    world = World()
    service = SignatureApplicationService(asset_service=world.assets)
    for _ in range(2):
        service.register_signatures(NEW)  # each anew
    build(warehouse)
    assert warehouse.query(
        "select asset_id, count(*) from marts.signatures group by 1 order by 1"
    ) == [
        ("asset-0", 1),
        ("asset-1", 1),
        (None, 2),
    ]
    assert warehouse.query("select count(*) from marts.signature_assets") == [(0,)]
    told = "select name, value, count(*) from marts.signature_metadata group by 1, 2 order by 1"
    assert warehouse.query(told) == [("scanner", "flatbed", 2), ("tablet", "Intuos", 2)]


def test_nothing_is_stored_before_everything_that_can_fail() -> None:
    world = World()
    world.service.asset_service = Assets()
    world.service.asset_service.register_asset = lambda **_: None  # type: ignore[assignment, method-assign, return-value]
    with pytest.raises(IngestError, match="signature 1: what the asset service returns"):
        world.service.register_signatures(NEW)
    with pytest.raises(IngestError, match="signature 3 is of type str, neither"):
        world.service.register_signatures([*NEW, "a.png"])  # type: ignore[list-item]
    assert world.signees.signees == world.signatures.signatures == {}


def test_a_signee_makes_signatures_of_its_own() -> None:
    signee = Signee()
    image = signee.new_image_signature(asset_id="a")
    points = signee.new_xyz_signature(points=[(1.0, 2.0, 3.0)])
    assert image.signee_id == points.signee_id == signee.id
    assert (image.asset_id, points.points) == ("a", [XYZPoint(1, 2, 3)])
    assert len({signee.id, image.id, points.id, Signee().id}) == 4
