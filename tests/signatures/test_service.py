"""Registering on the real Postgres: once a key, all or nothing, published like files."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.signatures import NewImageSignature, NewXYZSignature, register_signatures
from tests.conftest import ROOT, Warehouse
from tests.signatures.datasets import Datasets, build

Points = Sequence[tuple[float, float, float]]
POINTS: Points = [(1, 2.0, 3), (0.1, -5e-324, 1.7976931348623157e308), (1e-7, 1e22, -0.0)]
ROWS = """
select (select count(*) from raw_signatures.registrations),
    (select count(*) from raw_signatures.registered_signees),
    (select count(*) from raw_signatures.registered_signatures),
    (select count(*) from raw_signatures.files),
    (select count(*) from raw_signatures._dlt_loads)
"""


def test_registered_signatures_are_published_beside_those_of_files(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    image = tmp_path / "a scan.png"
    image.write_bytes(b"\x89PNG\0\xff")
    done = register_signatures(
        [
            NewImageSignature(str(image), {"scanner": "flatbed, 300 dpi ü"}),
            NewImageSignature(image.as_uri()),
            NewXYZSignature(POINTS, {"tablet": "", "pen": '"x"'}),
        ],
        idempotence_key="form 17/3",
    )
    Datasets(tmp_path / "data").land(warehouse)
    build(warehouse)
    assert done.is_new
    assert warehouse.query(
        "select signature_id, medium, sample_number, point_count from marts.signatures "
        "where signee_id = %s order by sample_number",
        done.signee_id,
    ) == [
        (done.signature_ids[0], "offline", 1, None),
        (done.signature_ids[1], "offline", 2, None),
        (done.signature_ids[2], "online", 3, 3),
    ]
    assert warehouse.query("select * from marts.signees where source = 'REGISTERED'") == [
        (done.signee_id, "REGISTERED", "both", False, "form 17/3")
    ]
    assert (
        warehouse.query(
            "select x, y, z from marts.signature_points where signature_id = %s "
            "order by point_index",
            done.signature_ids[2],
        )
        == POINTS
    )
    assert warehouse.query("select * from marts.signature_metadata order by name") == [
        (done.signature_ids[2], "pen", '"x"'),
        (done.signature_ids[0], "scanner", "flatbed, 300 dpi ü"),
        (done.signature_ids[2], "tablet", ""),
    ]
    shown = warehouse.query(
        "select content from marts.signature_assets join marts.signatures using (asset_id) "
        "where source = 'REGISTERED'"
    )
    assert [bytes(content) for (content,) in shown] == 2 * [image.read_bytes()]
    assert warehouse.query(
        "select read, accepted from intermediate.int_signatures__reconciliation where origin = %s",
        "REGISTERED/form 17/3",
    ) == [(3, 3)]
    assert len(warehouse.query("select distinct source from marts.signatures")) == 3


def test_a_key_registers_once_and_stands_for_its_content(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(b"first")
    new = [NewImageSignature(str(image)), NewXYZSignature(POINTS)]
    first = register_signatures(new, "key")
    before = warehouse.query(ROWS)
    again = register_signatures(new, "key")
    assert (again.signee_id, again.signature_ids) == (first.signee_id, first.signature_ids)
    assert (first.is_new, again.is_new) == (True, False)
    others = (
        new[:1],
        new[::-1],
        [NewImageSignature(str(image), {"a": "b"}), new[1]],
        [new[0], NewXYZSignature([*POINTS[:2], (1e-7, 1e22, 0.5)])],
    )
    for other in others:
        with pytest.raises(IngestError, match="'key' was used at"):
            register_signatures(other, "key")
    image.write_bytes(b"other")
    with pytest.raises(IngestError, match="other signatures"):
        register_signatures(new, "key")
    assert warehouse.query(ROWS) == before == [(1, 1, 2, 2, 1)]
    assert register_signatures(new, "other key").signee_id != first.signee_id


CALL = """
import sys
from ingest.signatures import NewXYZSignature, register_signatures
sys.stdin.readline()
done = register_signatures([NewXYZSignature([(1, 2, 3)] * 5000)] * 20, "the same key")
print(done.is_new, done.signee_id, *done.signature_ids)
"""


def test_two_processes_that_call_at_the_same_moment_register_once(warehouse: Warehouse) -> None:
    warehouse.ingest("db", "start")
    calls = [
        subprocess.Popen(
            [sys.executable, "-c", CALL], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    for call in calls:
        assert call.stdin
        call.stdin.write("go\n")
        call.stdin.flush()
    answers = [call.communicate(timeout=60)[0].split() for call in calls]
    assert [call.returncode for call in calls] == [0, 0, 0, 0]
    assert sorted(answer[0] for answer in answers) == ["False", "False", "False", "True"]
    assert len({tuple(answer[1:]) for answer in answers}) == 1
    assert warehouse.query(ROWS) == [(1, 1, 20, 20, 1)]


def test_a_call_that_fails_leaves_nothing_behind(warehouse: Warehouse, tmp_path: Path) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(b"")
    new = [NewXYZSignature(POINTS), NewImageSignature(str(image))]
    with pytest.raises(OSError, match="no room"):
        register_signatures(new, "key", asset_service=Full())
    assert warehouse.query(ROWS) == [(0, 0, 0, 0, 0)]
    assert register_signatures(new, "key").is_new


@pytest.mark.parametrize(
    ("new", "key", "message"),
    [
        ([], "k", "no signatures"),
        ([NewXYZSignature([])], "k", "signature 1 has no points"),
        ([NewXYZSignature([(1, 2, 3), (1, float("nan"), 3)])], "k", "signature 1, point 2"),
        ([NewXYZSignature([(1, 2, float("inf"))])], "k", "signature 1, point 1"),
        ([NewImageSignature("/nowhere/at.all")], "k", "at.all cannot be read: No such file"),
        ([NewImageSignature("s3://bucket/key")], "k", "is no file of this machine"),
        ([NewImageSignature("file://elsewhere/a.png")], "k", "is no file of this machine"),
        ([NewImageSignature("file:///a#b.png")], "k", "write \\? as %3F"),
        ([NewImageSignature("/dev/zero")], "k", "signature 1: /dev/zero is not a regular file"),
        ([NewXYZSignature(POINTS)], "", "idempotence_key"),
        ([NewXYZSignature(POINTS)], "  ", "idempotence_key"),
        ([NewXYZSignature(POINTS)], "a\0b", "idempotence_key"),
        ([NewXYZSignature(POINTS)], "x" * 201, "idempotence_key"),
    ],
)
def test_what_cannot_be_registered_is_an_error(
    warehouse: Warehouse, new: list[NewXYZSignature], key: str, message: str
) -> None:
    with pytest.raises(IngestError, match=message):
        register_signatures(new, key)
    if warehouse.query("select to_regclass('raw_signatures.registrations')") != [(None,)]:
        assert warehouse.query(ROWS) == [(0, 0, 0, 0, 0)]


class Full:
    """An asset service without room."""

    def register_asset(self, local_uri: str, metadata: object = None) -> str:
        raise OSError(f"no room for {local_uri}, {metadata}")


def test_a_load_of_files_leaves_registrations_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    register_signatures([NewXYZSignature(POINTS)], "key")
    datasets = Datasets(tmp_path / "data")
    datasets.land(warehouse)
    warehouse.query("update raw_ledger.runs set outcome = 'running'")  # as a kill leaves it
    datasets.land(warehouse)
    assert warehouse.query(ROWS)[0][:3] == (1, 1, 1)
    build(warehouse)
    assert warehouse.query("select count(*) from marts.signature_points") == [(6,)]
