"""Logs as they rotate in the wild: any name, packed, copied, cut; what is lost is named."""

import bz2
import gzip
import lzma
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from ingest.common.errors import IngestError
from ingest.education.batches import Batches
from ingest.education.log_names import is_rotated
from ingest.education.source import EducationSource
from ingest.landing.runner import run_source
from tests.education.platform import Systems, run
from tests.education.test_log import lines, move


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write(content)
    return sink.getvalue().to_pybytes()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd,
}


@pytest.mark.parametrize(
    "name",
    [
        *("test_runs.log.1", "test_runs.log.2026-11-26", "test_runs.log.2026.11.26"),
        *("test_runs.log-20261126", "test_runs-2026-11-26.log", "test_runs.1.log"),
        *(
            "test_runs.log.1764230400",
            "test_runs.log.2026-11-26_10-00-00",
            "test_runs.20261126.log",
        ),
        *("test_runs.log.1.gz", "test_runs.log-20261126.bz2", "test_runs-1.log.xz"),
        "test_runs.log.2026-11-26T10:00:00Z.zst",
    ],
)
def test_names_that_rotation_gives(name: str) -> None:
    assert is_rotated(name, "test_runs.log")


@pytest.mark.parametrize(
    "name", ["test_runs.log", "test_runs.log.bak", "my_test_runs.log.1", "test_runs.log.1.txt"]
)
def test_names_of_other_files(name: str) -> None:
    assert not is_rotated(name, "test_runs.log")


@pytest.mark.parametrize(
    "name",
    [
        "test_runs.log.2026-11-26",
        "test_runs-2026-11-26.log",
        *(f"test_runs.log.1.{e}" for e in PACK),
    ],
)
def test_what_was_written_before_rotation_is_read(systems: Systems, name: str) -> None:
    systems.append(*lines(1))
    systems.ingest()
    systems.append(*lines(4))
    packed = PACK.get(name.rpartition(".")[2])
    if packed:
        systems.log.with_name(name).write_bytes(packed(systems.log.read_bytes()))
        systems.log.unlink()
    else:
        move(systems, name)
    systems.append(*lines(7))
    found = systems.ingest()
    assert systems.landed_lines() == lines(1, 9)
    assert found.missing == []
    assert systems.ingest().rows_landed == 0


def test_a_link_whose_target_rotates_in_its_own_folder(systems: Systems, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "runs.log"
    target.parent.mkdir()
    systems.log.unlink()
    target.touch()
    systems.log.symlink_to(target)
    systems.append(*lines(1))
    systems.ingest()
    systems.append(*lines(4))
    target.rename(target.with_name("runs.log.1"))
    systems.append(*lines(7))
    assert systems.ingest().missing == []
    assert systems.landed_lines() == lines(1, 9)


def test_the_last_line_of_a_settled_file_needs_no_end(systems: Systems) -> None:
    systems.append(*lines(1))
    with systems.log.open("a") as log:
        log.write(run(4, 1))
    systems.ingest()
    assert systems.landed_lines() == lines(1)
    move(systems)
    systems.append(*lines(5))
    systems.ingest()
    assert systems.landed_lines() == lines(1, 7)
    assert systems.ingest().rows_landed == 0


def test_a_file_that_is_gone_before_it_was_read_is_a_gap(systems: Systems) -> None:
    systems.append(*lines(1))
    systems.ingest()
    size = systems.log.stat().st_size
    systems.append(*lines(4))
    kept = systems.log.read_bytes()
    systems.log.unlink()
    systems.append(*lines(7))
    missing = systems.ingest().missing
    assert len(missing) == 1
    assert missing[0].startswith(f"{systems.log} from byte {size} on may be lost: ")
    assert systems.ingest().missing == missing  # as long as nobody says that it is known

    accepting = EducationSource(
        systems.database, Batches(systems.url), systems.log, accept_gaps=True
    )
    assert run_source(accepting).missing == []
    assert systems.ingest().missing == []
    systems.log.with_name("test_runs.log.1").write_bytes(kept)
    assert systems.ingest().notes == [f"{systems.log} from byte {size} on is found again"]
    assert sorted(systems.landed_lines()) == sorted(lines(1, 9))
    assert systems.warehouse.query("select state from raw_education.log_gaps order by run_id") == [
        ("open",),
        ("accepted",),
        ("closed",),
    ]


def test_a_settled_file_may_be_deleted(systems: Systems) -> None:
    systems.append(*lines(1))
    systems.ingest()
    move(systems)
    systems.append(*lines(4))
    systems.ingest()
    systems.log.with_name("test_runs.log.1").unlink()
    assert systems.ingest().missing == []


def test_a_copy_beside_a_growing_log_is_a_copy(systems: Systems) -> None:
    for first in (1, 4, 7):
        systems.append(*lines(first))
        if first == 4:
            shutil.copy(systems.log, systems.log.with_name("test_runs.log.1"))
        if first > 1:
            systems.ingest()
    assert systems.ingest().rows_landed == 0
    assert systems.landed_lines() == lines(1, 9)


def test_copying_rotation_seen_half_way(systems: Systems) -> None:
    systems.append(*lines(1, 1000))
    systems.ingest()
    content = systems.log.read_bytes()
    half = systems.log.with_name("test_runs.log.1")
    half.write_bytes(content[: len(content) // 2])  # in the middle of a line
    assert systems.ingest().rows_landed == 0
    half.write_bytes(content)
    os.truncate(systems.log, 0)
    systems.append(*lines(1001))
    systems.ingest()
    assert systems.landed_lines() == lines(1, 1003)


def test_files_that_begin_with_one_line_are_told_apart(systems: Systems) -> None:
    systems.append(*lines(1, 1))
    systems.ingest()
    move(systems, "test_runs.log.2")
    systems.append(*lines(1, 1), *lines(2, 2))
    move(systems, "test_runs.log.1")
    systems.append(*lines(7, 1))
    systems.ingest()
    assert systems.landed_lines() == [*lines(1, 1), *lines(1, 3), *lines(7, 1)]


def test_a_hole_and_strange_neighbours_block_nothing(systems: Systems) -> None:
    systems.append(*lines(1))
    at = systems.log.stat().st_size
    with systems.log.open("ab") as log:
        log.truncate(at + (100 << 20))
    systems.append(*lines(4))
    systems.log.with_name("test_runs.log.1").mkdir()
    os.mkfifo(systems.log.with_name("test_runs.log.2"))
    damaged = systems.log.with_name("test_runs.log.3.gz")
    damaged.write_bytes(gzip.compress(b"x" * 1000)[:15])
    found = systems.ingest()
    assert found.notes[0].startswith(f"{damaged} cannot be read and is passed over: ")
    assert [line for line in systems.landed_lines() if line] == lines(1, 6)
    assert systems.warehouse.query(
        "select byte_offset, problem, encode(raw_bytes, 'escape') like '104857600 bytes, %' "
        "from raw_education.log_lines where problem is not null"
    ) == [(at, "too long", True)]


def test_an_error_of_the_log_leaves_the_other_two(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _closed(_path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(systems.log.parent))

    systems.student()
    monkeypatch.setattr(Path, "iterdir", _closed)
    with pytest.raises(IngestError, match="cannot be read: Permission denied"):
        systems.ingest()
    assert systems.warehouse.query("select count(*) from raw_education.students") == [(1,)]
