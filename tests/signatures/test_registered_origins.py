"""A registration is an origin: own data, counted once, forgotten for good, beside any run."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from ingest.common.errors import IngestError
from ingest.common.paths import ROOT
from ingest.landing.prune import prune
from ingest.signatures import NewImageSignature, NewXYZSignature, register_signatures
from ingest.signatures.registered_origins import origin_id
from ingest.signatures.tables import RAW_SCHEMA
from ingest.sources import prepare_all
from ingest.warehouse import locks
from tests.conftest import Warehouse
from tests.signatures.datasets import STROKES, Datasets, build, forget, origins
from tests.signatures.test_service import Full

NEW = [NewXYZSignature([(1, 2, 3)])]
PUBLISHED = "select local_id from marts.signees where source = 'REGISTERED' order by 1"


def test_registering_retires_the_sample_and_says_so_once(
    warehouse: Warehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse.ingest("signatures")
    image = tmp_path / "image.png"
    image.write_bytes(b"")
    with pytest.raises(OSError, match="no room"):
        register_signatures([NewImageSignature(str(image))], "key", asset_service=Full())
    assert [counts for *_, counts, _ in origins(warehouse)] == [True, True]

    with caplog.at_level(logging.INFO, "ingest"):
        register_signatures(NEW, "key")
        register_signatures(NEW, "key")
        register_signatures(NEW, "other")
    assert caplog.messages == ["signatures: the sample counts no more: own data is registered"]
    assert sorted(origins(warehouse), key=lambda origin: str(origin[1]))[-2:] == [
        (origin_id("key"), "REGISTERED/key", "own", 1, True, None),
        (origin_id("other"), "REGISTERED/other", "own", 1, True, None),
    ]
    assert [row[4:] for row in origins(warehouse) if row[2] == "sample"] == [
        (False, "own data was registered")
    ] * 2
    build(warehouse)
    assert warehouse.query("select distinct source from marts.signatures") == [("REGISTERED",)]
    assert warehouse.query("select count(*) from intermediate.int_signatures__strokes") == [(2,)]


def test_what_was_forgotten_leaves_and_is_not_registered_again(warehouse: Warehouse) -> None:
    register_signatures(NEW, "keep")
    register_signatures(NEW, "key")
    build(warehouse)
    forget("REGISTERED/key")
    build(warehouse)
    assert warehouse.query(PUBLISHED) == [("keep",)]
    for table in (
        "marts.signature_points",
        "intermediate.int_signatures__strokes",
        "staging.stg_signatures__contents",
        "staging.stg_signatures__counts",
    ):
        assert warehouse.query(f"select count(*) from {table}") == [(1,)], table
    before = warehouse.query("select count(*) from raw_signatures.origins")
    with pytest.raises(IngestError, match=r"'key' counts no more since 20.* \(was forgotten\)"):
        register_signatures(NEW, "key")
    assert sum(pruned.rows for pruned in prune([RAW_SCHEMA], 0)) == 4  # and it is still known
    with pytest.raises(IngestError, match="take another key"):
        register_signatures(NEW, "key")
    assert warehouse.query("select count(*) from raw_signatures.origins") == before
    assert not register_signatures(NEW, "keep").is_new
    register_signatures(NEW, "key 2")
    build(warehouse)
    assert warehouse.query(PUBLISHED) == [("keep",), ("key 2",)]


def test_many_registrations_beside_a_run_are_origins_of_their_own(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    datasets = Datasets(tmp_path / "data")
    for number in range(2, 1_000):
        datasets.write(f"Online/Genuine/{number:03}_1.HWR", STROKES)
    register_signatures(NEW, "first")
    command = ("signatures", "--source-a", datasets.a, "--source-b", datasets.b)
    with (
        ThreadPoolExecutor(8) as pool,
        subprocess.Popen([sys.executable, "-m", "ingest", *map(str, command)], cwd=ROOT) as run,
    ):
        done = list(pool.map(lambda n: register_signatures(NEW, f"key {n // 2}"), range(240)))
        during = run.poll() is None
        while run.poll() is None:
            done.append(register_signatures(NEW, f"key {len(done)}"))
    assert run.returncode == 0
    keys = sum(registration.is_new for registration in done)
    assert keys >= 120
    assert during or keys == 120
    told = origins(warehouse)
    assert len(told) == keys + 3
    assert all(counts for *_, counts, _ in told)
    assert [(number, records) for number, _, _, records, *_ in told if number > 0] == [
        (1, 999),
        (2, 2),
    ]
    assert warehouse.query(
        "select count(*), count(distinct origin_id) from raw_signatures.files "
        "where source = 'REGISTERED'"
    ) == [(keys + 1, keys + 1)]
    assert warehouse.query(
        "select count(distinct origin_id) from raw_signatures.files where source <> 'REGISTERED'"
    ) == [(2,)]
    assert "nothing new" in warehouse.ingest(*command)


@contextmanager
def under_way() -> Iterator[None]:
    """Hold the lock of a run of signatures."""
    lock = locks.hold("loader", "run_lock_signatures")
    assert lock
    try:
        yield
    finally:
        locks.let_go(lock)


def test_the_first_registration_waits_for_a_run_that_may_be_the_samples(
    warehouse: Warehouse,
) -> None:
    prepare_all()
    with under_way():
        first = Thread(target=register_signatures, args=(NEW, "first"))
        first.start()
        first.join(2)
        assert first.is_alive()
        assert origins(warehouse) == []
    first.join(30)
    assert len(origins(warehouse)) == 1
    with under_way():
        assert register_signatures(NEW, "second").is_new  # what counts is own data by now
    assert len(origins(warehouse)) == 2
